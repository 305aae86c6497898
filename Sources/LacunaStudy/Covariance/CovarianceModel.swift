import DeterministicEquivalents
import LacunaAlgebra

/// A data model at its d: the population as theory sees it, and the structure a device samples it by.
public struct CovarianceModel: Sendable {
  public let population: any Population
  private let structure: any CovarianceStructure

  init(population: any Population, structure: some CovarianceStructure) {
    self.population = population
    self.structure = structure
  }

  /// Builds the model a configuration describes; reads its files.
  ///
  /// Random spike directions come from the experiment's seed and are the same in all its trials, so that theory and
  /// simulation speak of one Σ.
  /// - Parameter data: what the configuration says.
  /// - Parameter seed: of the random streams.
  /// - Parameter device: solves the eigenproblem of a dense Σ.
  /// - Throws: `PopulationError` where Σ is not positive definite, `ModelError` or `DataFileError` for a file.
  public init(_ data: DataConfiguration, seed: UInt64, device: some Backend<Double>) throws {
    self = try data.model.family.covariance(coordinateCount: data.coordinates, seed: seed, on: device)
  }

  public var coordinateCount: Int { population.coordinateCount }

  /// Unit directions of the spikes, in the configuration's order.
  public var spikeDirections: [[Double]] { structure.directions }

  /// Whether Σ is a dense matrix, stored on the device.
  public var isDense: Bool { structure.dense != nil }

  /// Whether Σ = cI + UΘUᵀ.
  public var isIsotropicSpiked: Bool { structure.isIsotropicSpiked }

  /// Σ written out, d × d, row-major.
  package func covariance(on device: some Backend<Double>) throws -> [Double] {
    if let covariance = structure.dense { return covariance }
    let d = coordinateCount
    let matrix = try device.makeMatrix(rows: d, columns: d)
    try device.addDiagonal(1, to: matrix)
    try multiply(matrix, on: device)
    return try device.download(matrix)
  }

  /// Σ as one that answers for diagonal ridges: by its structure, since its variances are equal, or as a dense matrix.
  /// - Parameter isUniform: whether ridges are to differ by the variances alone.
  /// - Parameter order: the most coordinates of which a dense one is made; nil is returned beyond.
  func matrixRidge(
    isUniform: Bool = true, upTo order: Int, on device: some Backend<Double>
  ) throws -> (any MatrixRidgePopulation)? {
    if let own = population.matrixRidge { return own }
    if isUniform, let equal = try? EqualVariancePopulation(population) { return equal }
    guard coordinateCount <= order else { return nil }
    return try DenseCovariance(covariance: covariance(on: device), coordinateCount: coordinateCount, backend: device)
  }

  private func multiply<Device: Backend>(_ rows: Device.Matrix, on device: Device) throws {
    try realize(on: device).multiply(rows)
  }

  /// The operator that samples this Σ and multiplies by it on a device.
  package func realize<Device: Backend>(on device: Device) throws(BackendError) -> any SampledCovariance<Device> {
    try structure.realize(on: device)
  }
}

/// The structure of a Σ that a device samples it by, before there is a device; each stands beside its operator.
protocol CovarianceStructure: Sendable {
  func realize<Device: Backend>(on device: Device) throws(BackendError) -> any SampledCovariance<Device>

  /// Unit directions of rank-one parts.
  var directions: [[Double]] { get }

  /// Σ, d × d, row-major, where that is what is stored.
  var dense: [Double]? { get }

  /// Whether Σ = cI + UΘUᵀ.
  var isIsotropicSpiked: Bool { get }
}

extension CovarianceStructure {
  var directions: [[Double]] { [] }
  var dense: [Double]? { nil }
  var isIsotropicSpiked: Bool { false }
}

/// A file that does not hold what the data model needs.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  case shape(path: String, expected: String, actual: String)
  case value(path: String, reason: String)

  public var description: String {
    switch self {
    case .shape(let path, let expected, let actual): "\(path): expected \(expected) numbers, found \(actual)"
    case .value(let path, let reason): "\(path): \(reason)"
    }
  }
}
