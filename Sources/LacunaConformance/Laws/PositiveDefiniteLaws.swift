import LacunaAlgebra
import RealModule

/// Cholesky's laws.
extension LawChecker {
  func positiveDefinite() {
    for example in SymmetricCase.positiveDefinite {
      for n in sizes.orders([1, 2, 3, 17, 64, 257]) {
        factor(example, n)
        inverse(example, n)
      }
    }
    for n in sizes.orders([17, 64, 517]) { failingMinor(n) }
    attempt("factorPositiveDefinite", "order 0") {
      let empty = try backend.makeMatrix(rows: 0, columns: 0)
      record("factorPositiveDefinite", "order 0", holds: try backend.factorPositiveDefinite(empty) == 0)
      record("invertPositiveDefinite", "order 0", holds: try backend.invertPositiveDefinite(empty) == 0)
    }
  }

  private func factor(_ example: SymmetricCase, _ n: Int) {
    let name = "\(example.name), order \(n)"
    attempt("factorPositiveDefinite", name) {
      let (exact, spectrum) = example.make(n, epsilon)
      let a = backend.rounded(exact).symmetrized
      let matrix = try backend.matrix(a.withUpperTriangle(.nan))
      let logDeterminant = try backend.factorPositiveDefinite(matrix)
      let l = try backend.dense(matrix).withUpperTriangle(0)
      record(
        "factorPositiveDefinite", name,
        residual: .ratio((l * l.transposed - a).oneNorm, Double(n) * epsilon * a.oneNorm), bound: 30)
      let logs = (0..<n).map { 2 * Double.log(l[$0, $0]) }
      let size = logs.reduce(0) { $0 + abs($1) }
      record(
        "factorPositiveDefinite", "\(name), ln det of the factor",
        residual: .ratio(abs(logDeterminant - logs.reduce(0, +)), Double(n) * Double.ulpOfOne * size), bound: 1)
      guard let spectrum, example.name != "nearly singular" else { return }
      // d ln det A = tr A⁻¹dA; the condition numbers here are at most n.
      let expected = spectrum.reduce(0) { $0 + Double.log($1) }
      let unit = Double(n) * Double(n) * epsilon * (1 + abs(expected) / Double(n))
      record(
        "factorPositiveDefinite", "\(name), ln det of the spectrum",
        residual: .ratio(abs(logDeterminant - expected), unit), bound: 30)
    }
  }

  private func inverse(_ example: SymmetricCase, _ n: Int) {
    let name = "\(example.name), order \(n)"
    attempt("invertPositiveDefinite", name) {
      let a = backend.rounded(example.make(n, epsilon).0).symmetrized
      let matrix = try backend.matrix(a.withUpperTriangle(.nan))
      let logDeterminant = try backend.invertPositiveDefinite(matrix)
      let inverse = try backend.dense(matrix).symmetrized
      let error = (a * inverse - Dense(diagonal: .init(repeating: 1, count: n))).oneNorm
      record(
        "invertPositiveDefinite", name,
        residual: .ratio(error, Double(n) * epsilon * a.oneNorm * inverse.oneNorm), bound: 30)
      let factored = try backend.factorPositiveDefinite(try backend.matrix(a))
      record(
        "invertPositiveDefinite", "\(name), ln det",
        residual: .ratio(abs(logDeterminant - factored), Double(n) * epsilon * (1 + abs(factored))), bound: 30)
    }
  }

  private func failingMinor(_ n: Int) {
    let good = SymmetricCase.withSpectrum((0..<n).map { 1 + Double($0) / Double(n) }, seed: 2)
    func names(_ minor: Int, _ a: Dense, _ what: String) {
      for (name, operation) in [
        ("factorPositiveDefinite", { try backend.factorPositiveDefinite($0) }),
        ("invertPositiveDefinite", { try backend.invertPositiveDefinite($0) }),
      ] as [(String, (B.Matrix) throws -> Double)] {
        refuses(name, "\(what), order \(n)", with: .notPositiveDefinite(leadingMinor: minor)) {
          _ = try operation(try backend.matrix(a))
        }
      }
    }
    for position in [0, 1, n / 2, n - 1] {
      for pivot in [-1, -1e-3] {
        var a = good
        a[position, position] = pivot
        names(position + 1, a, "pivot \(position + 1) below 0")
      }
    }
    names(2, Dense(rows: n, columns: n) { _, _ in 1 }, "ones")
    names(1, Dense(rows: n, columns: n) { _, _ in 0 }, "zeros")
  }
}
