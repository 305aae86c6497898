import LacunaAlgebra
import LacunaOpenCL
import Testing

/// Sizes that take every blocked path, checked by matrix-vector products on the host: O(n²) each.
@Suite("Large matrices", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct LargeMatrixTests {
  /// What a device is taken for, and whether the matrices are taken for so large that their products are CLBlast's on a GPU, or that
  /// they lie in slabs.
  enum Way { case processor, smallOnGPU, largeOnGPU, slabs, slabsOnGPU }

  /// A = XᵀX/n + I/8, rounded to the element, and a backend that holds it.
  struct Example<Element: OpenCLScalar> {
    let backend: OpenCLBackend<Element>
    let n: Int
    let values: [Double]

    init(_ device: OpenCLDevice, _ n: Int, _ way: Way) throws {
      var routes = Routes(device)
      routes.actsAsGPU = way != .processor && way != .slabs
      if routes.actsAsGPU { routes.longestProduct = 1 << 26 }
      if way == .largeOnGPU || way == .slabsOnGPU { routes.smallProduct = 0 }
      if way == .slabs || way == .slabsOnGPU {
        // Some blocks of a factor in every slab, and a few rows in the last. Products are trusted before.
        _ = try OpenCLBackend<Element>(device: device)
        routes.largestBuffer = (n - 3) / 2 * n * Element.precision.byteCount
      }
      backend = try OpenCLBackend<Element>(device: device, routes: routes)
      self.n = n
      let x = try backend.makeMatrix(rows: n, columns: n)
      try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 3, stream: 5), offset: 0)
      let a = try backend.makeMatrix(rows: n, columns: n)
      try backend.accumulateGram(of: x, scale: 1 / Element(n), into: a)
      try backend.addDiagonal(1 / 8, to: a)
      try backend.symmetrize(a)
      values = try backend.download(a).map { Double($0) }
    }

    func matrix() throws -> OpenCLMatrix<Element> {
      try backend.makeMatrix(values.map { Element($0) }, rows: n, columns: n)
    }

    /// Mx for a symmetric matrix given by its lower triangle.
    func product(_ m: [Double], _ x: [Double]) -> [Double] {
      var y = [Double](repeating: 0, count: n)
      for i in 0..<n {
        for j in 0..<i {
          y[i] += m[i * n + j] * x[j]
          y[j] += m[i * n + j] * x[i]
        }
        y[i] += m[i * n + i] * x[i]
      }
      return y
    }

    /// 30 n ε, with the condition number of these matrices, at most 40.
    var bound: Double { 30 * Double(n) * Double(Element.ulpOfOne) }
  }

  static let cases: [(Int, Way)] = [
    (517, .processor), (517, .smallOnGPU), (517, .largeOnGPU), (1025, .processor), (1025, .smallOnGPU),
    (1025, .largeOnGPU),
  ]

  func inverse<Element: OpenCLScalar>(_ type: Element.Type, _ n: Int, _ way: Way) throws {
    for device in usableDevices {
      let example = try Example<Element>(device, n, way)
      let a = try example.matrix()
      let logDeterminant = try example.backend.invertPositiveDefinite(a)
      let inverse = try example.backend.download(a).map { Double($0) }
      let v = gaussians(n, stream: 1)
      #expect(distance(example.product(example.values, example.product(inverse, v)), v) <= 40 * example.bound)
      let factored = try example.matrix()
      let other = try example.backend.factorPositiveDefinite(factored)
      #expect(abs(other - logDeterminant) <= example.bound * abs(other))
      // L (Lᵀv) = A v.
      let l = try example.backend.download(factored).map { Double($0) }
      var u = [Double](repeating: 0, count: n)
      for i in 0..<n { for j in 0...i { u[j] += l[i * n + j] * v[i] } }
      let w = (0..<n).map { i in (0...i).reduce(0) { $0 + l[i * n + $1] * u[$1] } }
      #expect(distance(w, example.product(example.values, v)) <= example.bound)
    }
  }

  static let slabs: [(Int, Way)] = [(1025, .slabs), (1411, .slabsOnGPU)]

  @Test("inverse and factor", arguments: cases + slabs) func inverse(n: Int, way: Way) throws {
    try inverse(Float.self, n, way)
    try inverse(Double.self, n, way)
  }

  @Test("eigenvalues have the traces of the matrix and its square", arguments: cases)
  func eigenvalues(n: Int, way: Way) throws {
    for device in usableDevices {
      let example = try Example<Double>(device, n, way)
      let values = try example.backend.eigenvalues(of: try example.matrix())
      let trace = (0..<n).reduce(0) { $0 + example.values[$1 * (n + 1)] }
      let square = example.values.reduce(0) { $0 + $1 * $1 }
      #expect(abs(values.reduce(0, +) - trace) <= example.bound * trace)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } - square) <= example.bound * square)
    }
  }

  @Test("leading pairs of a spectrum that is dense at its edge", arguments: [1, 5])
  func leading(count: Int) throws {
    for device in usableDevices {
      let example = try Example<Double>(device, 1025, .processor)
      let n = example.n
      let vectors = try example.backend.makeMatrix(rows: count, columns: n)
      let values = try example.backend.leadingEigenpairs(of: try example.matrix(), into: vectors)
      let all = try example.backend.eigenvalues(of: try example.matrix())
      let rows = try example.backend.download(vectors)
      for k in 0..<count {
        #expect(abs(values[k] - all[n - 1 - k]) <= example.bound * all[n - 1])
        let v = Array(rows[k * n..<(k + 1) * n])
        let image = example.product(example.values, v)
        let residual = zip(image, v).reduce(0) { $0 + ($1.0 - values[k] * $1.1) * ($1.0 - values[k] * $1.1) }
        #expect(residual.squareRoot() <= example.bound * all[n - 1])
        #expect(abs(v.reduce(0) { $0 + $1 * $1 } - 1) <= example.bound)
      }
    }
  }
}
