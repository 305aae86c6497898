import COpenCL

/// One OpenCL device of this machine: what it is, how large, and whether a trial can run on it.
public struct OpenCLDevice: @unchecked Sendable {
  /// What kind of processor a device is.
  public enum Kind: String, Sendable { case cpu, gpu, accelerator, other }

  /// Position in `all()`, counted over all platforms.
  public let index: Int
  public let platform: String
  public let name: String
  public let driver: String
  public let kind: Kind
  /// Compute units.
  public let computeUnits: Int
  /// Bytes of device memory.
  public let globalMemory: Int
  /// Bytes the driver gives to one buffer at most.
  public let largestAllocation: Int
  /// Bytes a work-group may share.
  public let localMemory: Int
  /// Work-items a work-group may hold.
  public let largestGroup: Int
  public let hasFloat64: Bool
  /// Whether float32 quotients and roots can be had correctly rounded.
  let roundsSingles: Bool
  /// NVIDIA's compute capability times 10, 90 for 9.0; nil for the devices of others.
  let computeCapability: Int?
  /// Why no trial can run here; nil where one can.
  public let obstacle: String?

  package let id: cl_device_id

  /// Whether a trial can run here.
  public var isUsable: Bool { obstacle == nil }

  /// Numbers of the largest matrix in one buffer: CLBlast and the kernels index with 32 bits, one of them for the sign.
  public static let largestMatrix = (1 << 31) - 1

  /// Every device of every platform, in the order the loader lists them.
  public static func all() -> [OpenCLDevice] {
    platforms().flatMap { platform in devices(of: platform).map { (platform, $0) } }
      .enumerated().map { OpenCLDevice(index: $0, platform: $1.0, id: $1.1) }
  }

  /// Why `all()` is empty, with the remedy; nil where it is not.
  public static func absence() -> String? {
    let found = platforms()
    if found.isEmpty {
      return
        "no OpenCL platform is installed. A driver registers itself under /etc/OpenCL/vendors; "
        + "for a processor without a GPU, pocl-opencl-icd is one. Where NVIDIA's driver is installed without its "
        + "registration, set OCL_ICD_VENDORS=libnvidia-opencl.so.1"
    }
    if found.allSatisfy({ devices(of: $0).isEmpty }) {
      let names = found.map { platform in
        Query.text { clGetPlatformInfo(platform, cl_platform_info(CL_PLATFORM_NAME), $0, $1, $2) }
      }
      if names.contains(PoCLCache.platform), let folder = PoCLCache.unwritableFolder() {
        return
          "PoCL lists no device, since its cache of compiled kernels cannot be written: \(folder). Make that folder "
          + "writable, or name another by POCL_CACHE_DIR"
      }
      return
        "OpenCL lists \(names.joined(separator: ", ")) but no device; is the GPU's kernel driver loaded and readable?"
    }
    return nil
  }

  private static func platforms() -> [cl_platform_id] {
    var count: cl_uint = 0
    guard clGetPlatformIDs(0, nil, &count) == CL_SUCCESS, count > 0 else { return [] }
    var ids = [cl_platform_id?](repeating: nil, count: Int(count))
    guard clGetPlatformIDs(count, &ids, nil) == CL_SUCCESS else { return [] }
    return ids.compactMap { $0 }
  }

  private static func devices(of platform: cl_platform_id) -> [cl_device_id] {
    let every = cl_device_type(CL_DEVICE_TYPE_ALL)
    var count: cl_uint = 0
    guard clGetDeviceIDs(platform, every, 0, nil, &count) == CL_SUCCESS, count > 0 else {
      return []
    }
    var ids = [cl_device_id?](repeating: nil, count: Int(count))
    guard clGetDeviceIDs(platform, every, count, &ids, nil) == CL_SUCCESS else { return [] }
    return ids.compactMap { $0 }
  }

  private init(index: Int, platform: cl_platform_id, id: cl_device_id) {
    func text(_ what: Int32) -> String {
      Query.text { clGetDeviceInfo(id, cl_device_info(what), $0, $1, $2) }
    }
    func number<T: FixedWidthInteger>(_ what: Int32, _ zero: T) -> Int {
      Int(clamping: Query.number(zero) { clGetDeviceInfo(id, cl_device_info(what), $0, $1, $2) })
    }
    self.index = index
    self.id = id
    self.platform = Query.text {
      clGetPlatformInfo(platform, cl_platform_info(CL_PLATFORM_NAME), $0, $1, $2)
    }
    name = text(CL_DEVICE_NAME)
    driver = text(CL_DRIVER_VERSION)
    let type = number(CL_DEVICE_TYPE, cl_device_type(0))
    kind =
      type & Int(CL_DEVICE_TYPE_GPU) != 0
      ? .gpu
      : type & Int(CL_DEVICE_TYPE_CPU) != 0
        ? .cpu : type & Int(CL_DEVICE_TYPE_ACCELERATOR) != 0 ? .accelerator : .other
    computeUnits = number(CL_DEVICE_MAX_COMPUTE_UNITS, cl_uint(0))
    globalMemory = number(CL_DEVICE_GLOBAL_MEM_SIZE, cl_ulong(0))
    largestAllocation = number(CL_DEVICE_MAX_MEM_ALLOC_SIZE, cl_ulong(0))
    localMemory = number(CL_DEVICE_LOCAL_MEM_SIZE, cl_ulong(0))
    largestGroup = number(CL_DEVICE_MAX_WORK_GROUP_SIZE, 0)
    hasFloat64 =
      text(CL_DEVICE_EXTENSIONS).split(separator: " ").contains("cl_khr_fp64")
      && number(CL_DEVICE_DOUBLE_FP_CONFIG, cl_ulong(0)) != 0
    roundsSingles =
      number(CL_DEVICE_SINGLE_FP_CONFIG, cl_ulong(0)) & Int(CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0
    // CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV and its MINOR, of cl_nv_device_attribute_query.
    let (major, minor) = (number(0x4000, cl_uint(0)), number(0x4001, cl_uint(0)))
    computeCapability = text(CL_DEVICE_VENDOR).contains("NVIDIA") && major > 0 ? 10 * major + minor : nil
    let flags: [(Int32, String)] = [
      (CL_DEVICE_AVAILABLE, "the driver reports it as not available"),
      (CL_DEVICE_COMPILER_AVAILABLE, "its driver has no compiler"),
    ]
    let missing = flags.first { number($0.0, cl_uint(0)) == 0 }?.1
    let small =
      localMemory < 16 << 10 ? "\(localMemory >> 10) KiB of local memory, 16 KiB needed" : nil
    let items = KernelConstants.groupSize
    let narrow = largestGroup < items ? "work-groups of \(largestGroup) items, \(items) needed" : nil
    obstacle = missing ?? small ?? narrow
  }
}

/// The two-call idiom of OpenCL's queries.
enum Query {
  typealias Call = (Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> cl_int

  static func text(_ call: Call) -> String {
    var size = 0
    guard call(0, nil, &size) == CL_SUCCESS, size > 0 else { return "" }
    var bytes = [UInt8](repeating: 0, count: size)
    guard bytes.withUnsafeMutableBytes({ call(size, $0.baseAddress, nil) }) == CL_SUCCESS else {
      return ""
    }
    let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    return String(text.drop { $0 == " " })
  }

  static func number<T: FixedWidthInteger>(_ zero: T, _ call: Call) -> T {
    var value = zero
    return call(MemoryLayout<T>.size, &value, nil) == CL_SUCCESS ? value : zero
  }
}
