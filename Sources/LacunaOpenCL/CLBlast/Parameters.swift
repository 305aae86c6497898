import CCLBlast
import COpenCL
import LacunaAlgebra

/// The tiling that CLBlast's matrix product runs with.
///
/// CLBlast 1.5.3 computes wrong products, or writes out of bounds, where its database pairs GEMMK = 1 with unequal tile
/// edges, and the database ships such entries. So no device runs on the database: every parameter is set here.
struct GemmParameters: Hashable, Sendable {
  /// GEMMK, KREG, KWG, KWI, MDIMA, MDIMC, MWG, NDIMB, NDIMC, NWG, SA, SB, STRM, STRN, VWM, VWN.
  let indirect: [Int]
  /// KWID, MDIMAD, MDIMCD, NDIMBD, NDIMCD, PADA, PADB, VWMD, VWND, WGD.
  let direct: [Int]
  /// Products of m·n·k below the cube of this run through the one-kernel route.
  let smallestIndirect: Int

  private static let indirectNames = [
    "GEMMK", "KREG", "KWG", "KWI", "MDIMA", "MDIMC", "MWG", "NDIMB", "NDIMC", "NWG", "SA", "SB", "STRM", "STRN", "VWM",
    "VWN",
  ]
  private static let directNames = [
    "KWID", "MDIMAD", "MDIMCD", "NDIMBD", "NDIMCD", "PADA", "PADB", "VWMD", "VWND", "WGD",
  ]

  /// The built-in table: what is known to suit a device, nil where it has to be measured.
  static func known(_ device: OpenCLDevice, precision: Precision) -> GemmParameters? {
    device.kind == .cpu ? processor(precision) : nil
  }

  /// The tilings among which a device that the table does not know chooses, the likeliest first: for GPUs by the size of
  /// tiles and groups, with and without local memory, all with GEMMK = 0; and the processor's, whose tile edges are equal.
  static func candidates(_ device: OpenCLDevice, precision: Precision) -> [GemmParameters] {
    let direct: [Int]
    let tiles: [[Int]]
    switch precision {
    case .float32:
      direct = [2, 16, 16, 16, 16, 1, 1, 2, 2, 32]
      tiles = [
        [0, 1, 16, 2, 16, 16, 128, 16, 16, 128, 1, 1, 0, 0, 4, 4],
        [0, 1, 16, 2, 16, 16, 64, 16, 16, 64, 1, 1, 0, 0, 4, 4],
        [0, 1, 32, 2, 8, 8, 64, 8, 8, 64, 1, 1, 0, 0, 4, 4],
        [0, 1, 32, 2, 8, 8, 64, 8, 8, 64, 0, 0, 0, 0, 4, 4],
      ]
    case .float64:
      direct = [2, 16, 16, 16, 16, 1, 1, 1, 1, 32]
      tiles = [
        [0, 1, 16, 2, 16, 16, 64, 16, 16, 64, 1, 1, 0, 0, 2, 2],
        [0, 1, 16, 2, 16, 16, 128, 16, 16, 64, 1, 1, 0, 0, 2, 2],
        [0, 1, 32, 2, 32, 32, 64, 8, 8, 32, 1, 1, 0, 0, 2, 2],
        [0, 1, 16, 2, 8, 8, 32, 8, 8, 64, 0, 0, 0, 0, 2, 4],
        [0, 1, 16, 2, 16, 16, 128, 16, 16, 128, 1, 1, 0, 0, 2, 2],
        [0, 1, 16, 2, 8, 8, 32, 8, 8, 32, 1, 1, 0, 0, 2, 2],
        [0, 1, 32, 2, 8, 8, 64, 8, 8, 64, 0, 0, 0, 0, 2, 2],
      ]
    }
    return tiles.map { GemmParameters(indirect: $0, direct: direct, smallestIndirect: 256) }.filter {
      $0.fits(device, precision)
    }
      + [processor(precision)]
  }

  private static func processor(_ precision: Precision) -> GemmParameters {
    GemmParameters(
      indirect: precision == .float32
        ? [1, 4, 1, 1, 4, 4, 32, 4, 4, 32, 0, 0, 0, 0, 8, 4] : [1, 4, 1, 1, 8, 8, 64, 8, 8, 64, 0, 0, 0, 0, 4, 4],
      direct: [2, 8, 8, 8, 8, 1, 1, 1, 1, 32], smallestIndirect: 128)
  }

  /// Whether a group's items and its two tiles in local memory are within the device's limits.
  private func fits(_ device: OpenCLDevice, _ precision: Precision) -> Bool {
    let (kwg, mdimc, mwg, ndimc, nwg) = (indirect[2], indirect[5], indirect[6], indirect[8], indirect[9])
    let tiles = kwg * (indirect[10] * mwg + indirect[11] * nwg)
    return mdimc * ndimc <= device.largestGroup && tiles * precision.byteCount <= device.localMemory
  }

  /// Whether its kernel reads and writes row-major matrices as they are: GEMMK = 1 does, and GEMMK = 0 column-major ones.
  var isRowMajor: Bool { indirect[0] == 1 }

  /// The numbers in order: what a choice is kept as.
  var text: String {
    [indirect, direct, [smallestIndirect]].map { $0.map(String.init).joined(separator: ",") }.joined(separator: ";")
  }

  /// Tells CLBlast, for one device and precision, until told otherwise.
  func apply(to device: OpenCLDevice, precision: Precision) throws(BackendError) {
    try Self.override("Xgemm", Self.indirectNames, indirect, device, precision)
    try Self.override("XgemmDirect", Self.directNames, direct, device, precision)
    try Self.override("GemmRoutine", ["XGEMM_MIN_INDIRECT_SIZE"], [smallestIndirect], device, precision)
    CLBlast.note(self, device, precision: precision)
  }

  private static func override(
    _ kernel: String, _ names: [String], _ values: [Int], _ device: OpenCLDevice, _ precision: Precision
  ) throws(BackendError) {
    precondition(names.count == values.count)
    let owned = names.map { name in
      let characters = Array(name.utf8CString)
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: characters.count)
      copy.initialize(from: characters, count: characters.count)
      return copy
    }
    defer { for name in owned { name.deallocate() } }
    var pointers = owned.map { UnsafePointer($0) as UnsafePointer<CChar>? }
    let status = CLBlastOverrideParameters(
      device.id, kernel, precision == .float32 ? CLBlastPrecisionSingle : CLBlastPrecisionDouble, names.count,
      &pointers,
      values)
    try CLBlast.check(status, "CLBlastOverrideParameters(\(kernel))", device)
  }
}
