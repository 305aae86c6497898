import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  public func performEigenvalues(of a: HostMatrix<Element>) throws(BackendError) -> [Double] {
    try divideAndConquer(a, vectors: false, "eigenvalues")
  }

  public func performEigendecompose(_ a: HostMatrix<Element>) throws(BackendError) -> [Double] {
    try divideAndConquer(a, vectors: true, "eigendecompose")
  }

  /// `syevd`, which scales the matrix itself where its norm is extreme. Workspace: O(d), with vectors 2d² more.
  private func divideAndConquer(
    _ a: HostMatrix<Element>, vectors: Bool, _ operation: String
  ) throws(BackendError) -> [Double] {
    var order = try blasSize(a.rows)
    guard order > 0 else { return [] }
    try requireFiniteLowerTriangle(a, operation)
    let job = vectors ? "V" : "N"
    var values = [Element](repeating: 0, count: Int(order))
    var info: blasint = 0
    var size = Element.zero
    var integerSize: blasint = 0
    var ask: blasint = -1
    blas { $0.syevd(job, "U", &order, a.pointer, &order, &values, &size, &ask, &integerSize, &ask, &info, 1, 1) }
    let work = try makeWorkspace(size)
    var workCount = try blasSize(work.columns)
    var integers = [blasint](repeating: 0, count: Int(max(integerSize, 1)))
    var integerCount = blasint(integers.count)
    blas {
      $0.syevd(
        job, "U", &order, a.pointer, &order, &values, work.pointer, &workCount, &integers, &integerCount, &info, 1, 1)
    }
    precondition(info >= 0, "syevd: argument \(-info)")
    guard info == 0 else { throw .noConvergence(operation: operation, info: Int(info)) }
    return Element.doubles(values)
  }

  /// `syevr` over the range of the k largest values: bisection and inverse iteration after one tridiagonalisation.
  public func performLeadingEigenpairs(
    of a: HostMatrix<Element>, into vectors: HostMatrix<Element>
  ) throws(BackendError) -> [Double] {
    let (count, wanted) = (a.rows, vectors.rows)
    var order = try blasSize(count)
    try requireFiniteLowerTriangle(a, "leadingEigenpairs")
    var first = order - blasint(wanted) + 1
    var unused = Element.zero
    var tolerance = Element.zero
    var found: blasint = 0
    var values = [Element](repeating: 0, count: count)
    var support = [blasint](repeating: 0, count: 2 * wanted)
    var info: blasint = 0
    var size = Element.zero
    var integerSize: blasint = 0
    var ask: blasint = -1
    blas {
      $0.syevr(
        "V", "I", "U", &order, a.pointer, &order, &unused, &unused, &first, &order, &tolerance, &found, &values,
        vectors.pointer, &order, &support, &size, &ask, &integerSize, &ask, &info, 1, 1, 1)
    }
    let work = try makeWorkspace(size)
    var workCount = try blasSize(work.columns)
    var integers = [blasint](repeating: 0, count: Int(max(integerSize, 1)))
    var integerCount = blasint(integers.count)
    blas {
      $0.syevr(
        "V", "I", "U", &order, a.pointer, &order, &unused, &unused, &first, &order, &tolerance, &found, &values,
        vectors.pointer, &order, &support, work.pointer, &workCount, &integers, &integerCount, &info, 1, 1, 1)
    }
    precondition(info >= 0, "syevr: argument \(-info)")
    guard info == 0, Int(found) == wanted else {
      throw .noConvergence(operation: "leadingEigenpairs", info: Int(info))
    }
    // Ascending as found; the rows change places to descend.
    for i in 0..<wanted / 2 {
      let low = vectors.pointer + i * count
      let high = vectors.pointer + (wanted - 1 - i) * count
      for j in 0..<count { swap(&low[j], &high[j]) }
    }
    return Element.doubles(values[..<wanted].reversed())
  }

  /// A workspace of the size that a query answered; float32 rounds large sizes, hence the margin.
  func makeWorkspace(_ answered: Element) throws(BackendError) -> HostMatrix<Element> {
    let margin = Element.precision == .float32 ? 1 + Double(Element.ulpOfOne) * 2 : 1
    return try makeMatrix(rows: 1, columns: Int((Double(answered) * margin).rounded(.up)))
  }
}
