import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  public var bandWidth: Int { SymmetricBand.usualWidth }

  /// From the last rows up, b of them at a time: the part of their rows left of the band becomes the product of a triangle and an
  /// orthogonal factor (`geqlf`), whose reflectors then take part on both sides of what is left above.
  ///
  /// A panel of b reflectors I − VTVᵀ turns A into A − VZᵀ − ZVᵀ. Up to 128 reflectors are gathered before A is changed; until
  /// then every panel and every product AV subtracts what the gathered V and Z take away. So a product of A with b vectors is all
  /// that reads A for each panel, and all that changes it are rank updates of 256.
  /// Source for the gathered updates: Dongarra, Sorensen, Hammarling, *Block reduction of matrices to condensed forms*, 1989,
  /// doi:10.1016/0377-0427(89)90367-1; for bands: Bischof, Lang, Sun, *A framework for symmetric band reduction*, 2000,
  /// doi:10.1145/365723.365735.
  public func performReduceToBand(_ a: HostMatrix<Element>) throws(BackendError) -> SymmetricBand {
    try requireFiniteLowerTriangle(a, "reduceToBand")
    let n = a.rows
    _ = try blasSize(n)
    let width = max(1, min(bandWidth, n - 1))
    let tau = try BandReduction(self, a, width: width).run()
    let band = SymmetricBand(order: n, width: width) { i, j in Double(a.pointer[i * n + j]) }
    try formOrthogonalFactor(a, tau: tau, width: width)
    return band
  }
}

/// The reduction of one matrix. Vectors of the matrix's order are rows here.
private struct BandReduction<Element: HostScalar> {
  private let device: HostBackend<Element>
  private let a: UnsafeMutablePointer<Element>
  private let order, width, gathered: Int
  /// Vᵀ and Zᵀ of the gathered reflectors.
  private let v, z: HostMatrix<Element>
  /// b × b each: the inverse of T, and TᵀVᵀAVT; b × gathered: products of a panel's V with all.
  private let triangle, middle, crossed: HostMatrix<Element>
  /// For each thread the product of a panel's V with its part of A.
  private let parts: HostMatrix<Element>
  private let work: HostMatrix<Element>
  private var stride: blasint { blasint(order) }

  init(_ device: HostBackend<Element>, _ matrix: HostMatrix<Element>, width: Int) throws(BackendError) {
    self.device = device
    a = matrix.pointer
    order = matrix.rows
    self.width = width
    gathered = max(width, min(128, order) / width * width)
    v = try device.makeMatrix(rows: gathered, columns: order)
    z = try device.makeMatrix(rows: gathered, columns: order)
    triangle = try device.makeMatrix(rows: width, columns: width)
    middle = try device.makeMatrix(rows: width, columns: width)
    crossed = try device.makeMatrix(rows: width, columns: gathered)
    parts = try device.makeMatrix(rows: device.threads.count * width, columns: order)
    work = try device.makeMatrix(rows: 1, columns: 64 * width)
  }

  /// - Returns: τ of reflector i, whose vector is left in row i + b as `formOrthogonalFactor` reads it.
  func run() -> [Element] {
    var tau = [Element](repeating: 0, count: order)
    var end = order
    while end > width {
      var count = 0
      while end > width, count + width <= gathered {
        let rows = end - width
        let added = min(width, rows)
        factorPanel(rows: rows, end: end, count: count, added: added, &tau)
        multiply(rows: rows, first: count, added: added)
        correct(rows: rows, count: count, added: added, tau[(rows - added)...])
        count += added
        end = rows
      }
      device.blas {
        $0.syr2k(
          CblasRowMajor, CblasLower, CblasTrans, blasint(end), blasint(count), -1, v.pointer, stride, z.pointer, stride,
          1, a, stride)
      }
    }
    return tau
  }

  /// Brings rows `rows..<end` up to date, factors what they hold left of column `rows`, and gathers its reflectors.
  private func factorPanel(rows: Int, end: Int, count: Int, added: Int, _ tau: inout [Element]) {
    let panel = a + rows * order
    let height = blasint(end - rows)
    if count > 0 {
      device.blas {
        for (left, right) in [(v, z), (z, v)] {
          $0.gemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, height, blasint(end), blasint(count), -1, left.pointer + rows,
            stride, right.pointer, stride, 1, panel, stride)
        }
      }
    }
    var (m, k, lead, workCount, info) = (blasint(rows), height, stride, blasint(work.columns), blasint(0))
    tau.withUnsafeMutableBufferPointer { tau in
      device.blas {
        $0.geqlf(&m, &k, panel, &lead, tau.baseAddress! + rows - added, work.pointer, &workCount, &info)
      }
    }
    precondition(info == 0, "geqlf: argument \(-info)")
    for q in 0..<added {
      let i = rows - added + q
      let row = v.pointer + (count + q) * order
      row.clear(count: order)
      // Where τ = 0 the reflector is the identity, whatever its vector is.
      if tau[i] == 0 { continue }
      row.update(from: a + (i + width) * order, count: i)
      row[i] = 1
    }
  }

  /// Zᵀ ← VᵀA of a panel, A as it stands in its lower triangle: each thread takes rows of A, and a block of them twice while it
  /// is in its cache.
  private func multiply(rows: Int, first: Int, added: Int) {
    let side = 256
    let blocks = (rows + side - 1) / side
    let count = min(device.threads.count, blocks)
    let (vectors, height) = (v.pointer + first * order, blasint(added))
    let single = device.singleThreaded
    // Rows of blocks up to √(t/T) of all hold a share t/T of the triangle.
    let bounds = (0...count).map { Int((Double($0) / Double(count)).squareRoot() * Double(blocks) + 0.5) }
    device.threads.loop(over: count, cost: rows * rows) { range in
      for t in range {
        let sum = t == 0 ? z.pointer + first * order : parts.pointer + t * width * order
        for q in 0..<added { (sum + q * order).clear(count: rows) }
        single.blas { routines in
          for p in bounds[t]..<bounds[t + 1] {
            let i = p * side
            let m = blasint(min(side, rows - i))
            for j in Swift.stride(from: 0, to: i, by: side) {
              let block = a + i * order + j
              routines.gemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, height, blasint(side), m, 1, vectors + i, stride, block,
                stride, 1, sum + j, stride)
              routines.gemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, height, m, blasint(side), 1, vectors + j, stride, block,
                stride, 1, sum + i, stride)
            }
            routines.symm(
              CblasRowMajor, CblasRight, CblasLower, height, m, 1, a + i * (order + 1), stride, vectors + i, stride, 1,
              sum + i, stride)
          }
        }
      }
    }
    for t in 1..<max(count, 1) {
      for q in 0..<added {
        addElements(parts.pointer + (t * width + q) * order, to: z.pointer + (first + q) * order, count: rows)
      }
    }
  }

  /// Z ← Y − VTᵀVᵀY/2 with Y = AVT, A being what the gathered V and Z leave of the matrix.
  private func correct(rows: Int, count: Int, added: Int, _ tau: ArraySlice<Element>) {
    let (own, out) = (v.pointer + count * order, z.pointer + count * order)
    let (m, k, c, b, lead) = (blasint(rows), blasint(added), blasint(count), blasint(width), blasint(gathered))
    device.blas {
      if count > 0 {
        for (left, right) in [(z, v), (v, z)] {
          $0.gemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, k, c, m, 1, own, stride, left.pointer, stride, 0, crossed.pointer,
            lead)
          $0.gemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, k, m, c, -1, crossed.pointer, lead, right.pointer, stride, 1,
            out, stride)
        }
      }
      // T⁻¹ is the lower triangle of VᵀV with 1/τ on the diagonal.
      $0.syrk(CblasRowMajor, CblasLower, CblasNoTrans, k, m, 1, own, stride, 0, triangle.pointer, b)
    }
    for (q, value) in tau.prefix(added).enumerated() { triangle.pointer[q * (width + 1)] = value == 0 ? 1 : 1 / value }
    device.blas {
      $0.trsm(
        CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, k, m, 1, triangle.pointer, b, out, stride)
      $0.gemm(CblasRowMajor, CblasNoTrans, CblasTrans, k, k, m, 1, out, stride, own, stride, 0, middle.pointer, b)
      $0.trsm(
        CblasRowMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, k, k, 1, triangle.pointer, b, middle.pointer,
        b)
      $0.gemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, k, m, k, -0.5, middle.pointer, b, own, stride, 1, out, stride)
    }
  }
}

@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func addElements<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, to y: UnsafeMutablePointer<Element>, count: Int
) {
  for i in 0..<count { y[i] += x[i] }
}
