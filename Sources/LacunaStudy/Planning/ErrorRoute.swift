/// An exact way to the errors of leave-one-out masks at all ridges of a stage; all agree to rounding.
public enum ErrorRoute: String, Sendable, CaseIterable, Codable {
  /// n ≥ d: a Cholesky inverse of the d × d Gram a ridge.
  case inverses
  /// n ≥ d, Σ = cI + UΘUᵀ: the Gram made tridiagonal once, then O(d²) a ridge.
  case tridiagonal
  /// The same with a band, all by products: more a ridge, less at first where a matrix does not fit the caches.
  case band
  /// n ≥ d, Σ = cI + UΘUᵀ: eigenvectors of the Gram once, then O(d²) a ridge.
  case eigenvectors
  /// n < d: an inverse of the n × n Gram of the samples a ridge, and products with the samples.
  case sampleInverses = "sample inverses"
  /// n < d, Σ = cI + UΘUᵀ: the Gram of the samples made tridiagonal once, one product with the samples, then O(nd) a ridge.
  case sampleTridiagonal = "sample tridiagonal"
  /// The same with a band.
  case sampleBand = "sample band"

  /// The routes that a problem has.
  static func all(sampleCount n: Int, coordinateCount d: Int, isIsotropicSpiked: Bool) -> [ErrorRoute] {
    if n < d { return isIsotropicSpiked ? [.sampleInverses, .sampleTridiagonal, .sampleBand] : [.sampleInverses] }
    return isIsotropicSpiked ? [.inverses, .tridiagonal, .band, .eigenvectors] : [.inverses]
  }

  /// Whether the d × d Gram is reduced once for all ridges.
  var reducesGram: Bool { self == .tridiagonal || self == .band || self == .eigenvectors }

  /// Whether a Gram is reduced to a band.
  var reducesToBand: Bool { self == .band || self == .sampleBand }

  /// Whether it has all samples in memory, for their own Gram.
  var readsSamples: Bool { self == .sampleInverses || self == .sampleTridiagonal || self == .sampleBand }
}
