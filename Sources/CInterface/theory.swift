import DeterministicEquivalents
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

/// Where a number of theory belongs.
private struct Place: Encodable {
  var parameters: [String: String]
  var n, d: Int
  var ridge: Double?
}

/// A number that JSON can hold, else nil.
private func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }

private struct SpectralDensity: Encodable {
  struct Outlier: Encodable {
    var eigenvalue: Double
    /// Squared overlap of its right eigenvector with each spike.
    var overlaps: [Double]
  }
  var place: Place
  /// [lower, upper, share of the eigenvalues] of each interval of the bulk.
  var intervals: [[Double]] = []
  /// [eigenvalue, share] of each atom.
  var atoms: [[Double]] = []
  var outliers: [Outlier] = []
  var eigenvalue: [Double] = []
  var density: [Double?] = []
  /// Why theory is silent.
  var refusal: String?
}

@_cdecl("lacuna_spectral_density")
package func lacunaSpectralDensity(
  _ configuration: UnsafePointer<CChar>?, _ overrides: UnsafePointer<CChar>?, _ folder: UnsafePointer<CChar>?,
  _ count: Int64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    guard (2...100_000).contains(count) else { throw ArgumentError("\(count) points; from 2 to 100000") }
    let points = try [ExperimentPoint](configuration, overrides: overrides, folder: folder, measure: "spectrum")
    func stages(_ host: some Backend<Double>) throws -> [Experiment.Stage] {
      try Study(name: "spectrum", points: points, host: host).stages
    }
    let found = try stages(DeviceRegistry.ofThisProcess.host.reference()).flatMap { stage in
      stage.ridges.indices.map { r -> SpectralDensity in
        let place = Place(
          parameters: stage.problem.parameters, n: stage.sampleCount, d: stage.problem.coordinateCount,
          ridge: stage.ridges[r])
        var result = SpectralDensity(place: place)
        let theory = stage.measure(SpectrumMeasure.self)?.theory[r]
        result.refusal = theory?.refusal.map { "\($0)" }
        guard let spectrum = theory?.spectrum else { return result }
        result.intervals = spectrum.predictorIntervals.map { [$0.lower, $0.upper, $0.mass] }
        result.atoms = spectrum.predictorAtoms.map { [$0.position, $0.mass] }
        result.outliers =
          theory?.outliers?.outliers.map {
            SpectralDensity.Outlier(eigenvalue: $0.predictorEigenvalue, overlaps: $0.overlaps.map(\.right))
          } ?? []
        for interval in spectrum.predictorIntervals {
          for i in 0..<Int(count) {
            let share = Double(i) / Double(count - 1)
            // Closer at the edges, where the density rises as a root.
            let place = share * share * (3 - 2 * share)
            let eigenvalue = interval.lower + place * (interval.upper - interval.lower)
            result.eigenvalue.append(eigenvalue)
            result.density.append(finite(spectrum.predictorDensity(at: eigenvalue)))
          }
        }
        return result
      }
    }
    try required(json, "json").give(encodeJSON(found, pretty: false))
  }
}

private struct BestRidge: Encodable {
  var place: Place
  /// nil where the error falls as the ridge grows without end.
  var ridge: Double?
  var error: Double
}

@_cdecl("lacuna_optimal_ridge")
package func lacunaOptimalRidge(
  _ configuration: UnsafePointer<CChar>?, _ overrides: UnsafePointer<CChar>?, _ folder: UnsafePointer<CChar>?,
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let points = try [ExperimentPoint](configuration, overrides: overrides, folder: folder)
    func best(_ point: ExperimentPoint, _ host: some Backend<Double>) throws -> [BestRidge] {
      let data = point.configuration.data
      guard point.configuration.mask.isLeaveOneOut else {
        throw ArgumentError("the best ridge is known of leave_one_out masks alone")
      }
      let model = try CovarianceModel(data, seed: point.configuration.seed, device: host)
      return try data.samples.map { n in
        let best = try ErrorEquivalent.optimalRidge(population: model.population, sampleCount: n)
        let place = Place(
          parameters: Dictionary(point.swept.map { ($0.key, $0.value) }) { $1 }, n: n, d: data.coordinates, ridge: nil)
        return BestRidge(place: place, ridge: finite(best.ridge), error: best.error)
      }
    }
    let host = DeviceRegistry.ofThisProcess.host.reference()
    try required(json, "json").give(encodeJSON(try points.flatMap { try best($0, host) }, pretty: false))
  }
}

private struct SpikeThreshold: Encodable {
  var place: Place
  var spike: Int
  var strength: Double
  /// nil where no strength leaves the bulk.
  var threshold: Double?
  /// The least threshold over ridges, and where it is.
  var lowestThreshold, lowestAtRidge: Double?

  enum CodingKeys: String, CodingKey {
    case place, spike, strength, threshold
    case lowestThreshold = "lowest_threshold"
    case lowestAtRidge = "lowest_at_ridge"
  }
}

@_cdecl("lacuna_threshold")
package func lacunaThreshold(
  _ configuration: UnsafePointer<CChar>?, _ overrides: UnsafePointer<CChar>?, _ folder: UnsafePointer<CChar>?,
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let points = try [ExperimentPoint](configuration, overrides: overrides, folder: folder, measure: "spectrum")
    func stages(_ host: some Backend<Double>) throws -> [Experiment.Stage] {
      try Study(name: "threshold", points: points, host: host).stages
    }
    let found = try stages(DeviceRegistry.ofThisProcess.host.reference()).flatMap { stage -> [SpikeThreshold] in
      guard let population = stage.model.population.spiked else {
        throw ArgumentError("the data have no spikes whose threshold is known")
      }
      let lowest = try population.strengths.indices.map {
        try OutlierEquivalent.lowestThreshold(population: population, sampleCount: stage.sampleCount, spike: $0)
      }
      return try stage.ridges.indices.flatMap { r in
        let outliers = stage.measure(SpectrumMeasure.self)?.theory[r].outliers
        return try population.strengths.indices.map { spike in
          let strength = population.strengths[spike]
          return SpikeThreshold(
            place: Place(
              parameters: stage.problem.parameters, n: stage.sampleCount, d: stage.problem.coordinateCount,
              ridge: stage.ridges[r]),
            spike: spike, strength: strength,
            threshold: finite(try outliers?.threshold(of: spike, isUpper: strength >= 0)),
            lowestThreshold: finite(lowest[spike]?.threshold), lowestAtRidge: finite(lowest[spike]?.ridge))
        }
      }
    }
    try required(json, "json").give(encodeJSON(found, pretty: false))
  }
}
