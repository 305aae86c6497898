import LacunaAlgebra
import RealModule

/// LAPACK's kinds of tridiagonal matrices, on which eigensolvers have gone wrong.
enum TridiagonalExample: String, CaseIterable, Sendable {
  /// |i − (n − 1)/2| and ones beside: pairs of eigenvalues that agree to the last bit.
  case wilkinson
  /// Wilkinson's W21⁺, copies of it joined by √ε.
  case gluedWilkinson
  /// Eigenvalues within ε of ±1, and of ε but one.
  case clusteredAtOne, clusteredAtEpsilon
  /// Entries that fall from 1 to ε, and that rise.
  case falling, rising
  case identityAndTiny
  case zeroOffDiagonal
  /// Every seventh off-diagonal entry 0.
  case split
  case random
  /// 2 and −1: λ_k = 2 − 2 cos(kπ/(n + 1)).
  case toeplitz
  case legendre, hermite
  case zero

  /// - Parameter epsilon: of the precision of the matrix.
  func make(_ n: Int, epsilon: Double) -> SymmetricTridiagonal {
    func matrix(_ d: (Int) -> Double, _ e: (Int) -> Double) -> SymmetricTridiagonal {
      SymmetricTridiagonal(diagonal: (0..<n).map(d), offDiagonal: (0..<max(n - 1, 0)).map(e))
    }
    let noise = gaussians(2 * n, stream: 9)
    let grade = { (i: Int) in Double.pow(epsilon, Double(i) / Double(max(n - 1, 1))) }
    switch self {
    case .wilkinson: return matrix({ abs(Double($0) - Double(n - 1) / 2) }, { _ in 1 })
    case .gluedWilkinson:
      return matrix({ abs(Double($0 % 21) - 10) }, { $0 % 21 == 20 ? epsilon.squareRoot() : 1 })
    case .clusteredAtOne:
      return matrix({ ($0 % 3 == 0 ? -1 : 1) * (1 + epsilon * noise[$0]) }, { epsilon * noise[n + $0] })
    case .clusteredAtEpsilon:
      return matrix({ $0 == n / 2 ? 1 : epsilon * noise[$0] }, { epsilon * noise[n + $0] })
    case .falling: return matrix({ grade($0) }, { grade($0) / 2 })
    case .rising: return matrix({ grade(n - 1 - $0) }, { grade(n - 2 - $0) / 2 })
    case .identityAndTiny: return matrix({ _ in 1 }, { epsilon.squareRoot() * noise[$0] })
    case .zeroOffDiagonal: return matrix({ noise[$0] }, { _ in 0 })
    case .split: return matrix({ noise[$0] }, { $0 % 7 == 6 ? 0 : noise[n + $0] })
    case .random: return matrix({ noise[$0] }, { noise[n + $0] })
    case .toeplitz: return matrix({ _ in 2 }, { _ in -1 })
    case .legendre:
      func coupling(_ k: Double) -> Double { k / (4 * k * k - 1).squareRoot() }
      return matrix({ _ in 0 }, { coupling(Double($0 + 1)) })
    case .hermite: return matrix({ _ in 0 }, { (Double($0 + 1) / 2).squareRoot() })
    case .zero: return matrix({ _ in 0 }, { _ in 0 })
    }
  }
}

extension SymmetricTridiagonal {
  /// Entries rounded to an element type.
  func rounded<Element: Scalar>(to type: Element.Type) -> SymmetricTridiagonal {
    SymmetricTridiagonal(
      diagonal: diagonal.map { Double(Element($0)) }, offDiagonal: offDiagonal.map { Double(Element($0)) })
  }

  /// The largest sum of a row's moduli.
  var norm: Double {
    (0..<order).reduce(0) { worst, i in
      max(worst, abs(diagonal[i]) + (i > 0 ? abs(offDiagonal[i - 1]) : 0) + (i + 1 < order ? abs(offDiagonal[i]) : 0))
    }
  }

  func times(_ v: ArraySlice<Double>) -> [Double] {
    let v = Array(v)
    return (0..<order).map { i in
      diagonal[i] * v[i] + (i > 0 ? offDiagonal[i - 1] * v[i - 1] : 0)
        + (i + 1 < order ? offDiagonal[i] * v[i + 1] : 0)
    }
  }
}
