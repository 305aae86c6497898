import DeterministicEquivalents
import LacunaAlgebra
import LacunaFiles
import RealModule

/// A data model: the population as theory sees it, and the structure a device samples it by.
public struct CovarianceModel: Sendable {
  public let population: any Population
  /// Unit directions of the spikes, in the configuration's order.
  public let spikeDirections: [[Double]]
  public let coordinateCount: Int
  private let structure: Structure

  /// Whether Σ is a dense matrix, stored on the device.
  public var isDense: Bool {
    if case .dense = structure { return true }
    return false
  }

  /// Whether Σ = cI + UΘUᵀ.
  public var isIsotropicSpiked: Bool {
    if case .spiked(let noise, _) = structure { return noise.allSatisfy { $0 == noise[0] } }
    return false
  }

  private enum Structure: Sendable {
    case spiked(noise: [Double], strengths: [Double])
    case autoregressive(correlation: Double)
    case circulant(eigenvalues: [Double])
    case blocks(bounds: [Int], correlation: Double)
    case dense(covariance: [Double])
  }

  /// Builds the model a configuration describes; reads its files.
  ///
  /// Random spike directions come from the experiment's seed and are the same in all its trials, so that theory and
  /// simulation speak of one Σ.
  /// - Parameter device: solves the eigenproblem of a dense Σ.
  /// - Throws: `PopulationError` where Σ is not positive definite, `ModelError` or `DataFileError` for a file.
  public init(_ data: DataConfiguration, seed: UInt64, device: some Backend<Double>) throws {
    let d = data.coordinates
    coordinateCount = d
    var directions: [[Double]] = []
    switch data.model {
    case .isotropic, .spiked, .diagonal:
      let noise = try data.variances.values(count: d)
      let strengths = data.spikes.map(\.strength)
      directions = try data.spikes.enumerated().map { index, spike in
        try spike.direction.vector(count: d, seed: seed, index: index)
      }
      structure = .spiked(noise: noise, strengths: strengths)
      population =
        directions.isEmpty
        ? try Self.diagonal(noise)
        : try SpikedPopulation(variances: noise, strengths: strengths, directions: directions)
    case .powerLaw:
      let diagonal = try DiagonalPopulation.powerLaw(exponent: data.exponent ?? 1, coordinateCount: d)
      structure = .spiked(noise: diagonal.variances, strengths: [])
      population = diagonal
    case .ar1:
      let rho = data.correlation ?? 0
      structure = .autoregressive(correlation: rho)
      population = try AutoregressivePopulation(correlation: rho, coordinateCount: d)
    case .circulant:
      let circulant = try CirculantPopulation(firstRow: try data.expandedFirstRow(circulant: true))
      structure = .circulant(eigenvalues: circulant.eigenvalues)
      population = circulant
    case .toeplitz:
      let toeplitz = try ToeplitzPopulation(firstRow: try data.expandedFirstRow(circulant: false))
      structure = .circulant(eigenvalues: try toeplitz.circulantEmbedding())
      population = toeplitz
    case .block:
      let rho = data.correlation ?? 0
      let block = try BlockPopulation(coordinateCount: d, blocks: data.blocks ?? 1, correlation: rho)
      structure = .blocks(bounds: block.bounds, correlation: rho)
      population = block
    case .file:
      let path = data.file ?? ""
      let table = try readTable(path, .parameters)
      guard table.rows == d && table.columns == d else {
        throw ModelError.shape(path: path, expected: "\(d) × \(d)", actual: "\(table.rows) × \(table.columns)")
      }
      structure = .dense(covariance: table.values)
      population = try DensePopulation(covariance: table.values, coordinateCount: d, backend: device)
    }
    spikeDirections = directions
  }

  /// Σ written out, d × d, row-major.
  package func covariance(on device: some Backend<Double>) throws -> [Double] {
    if case .dense(let covariance) = structure { return covariance }
    let d = coordinateCount
    let matrix = try device.makeMatrix(rows: d, columns: d)
    try device.addDiagonal(1, to: matrix)
    try multiply(matrix, on: device)
    return try device.download(matrix)
  }

  private func multiply<Device: Backend>(_ rows: Device.Matrix, on device: Device) throws {
    try realize(on: device).multiply(rows)
  }

  private static func diagonal(_ noise: [Double]) throws -> DiagonalPopulation {
    if let first = noise.first, noise.allSatisfy({ $0 == first }) {
      return try DiagonalPopulation(isotropic: first, coordinateCount: noise.count)
    }
    return try DiagonalPopulation(variances: noise)
  }

  /// The operator that samples this Σ and multiplies by it on a device.
  package func realize<Device: Backend>(on device: Device) throws(BackendError) -> any SampledCovariance<Device> {
    switch structure {
    case .spiked(let noise, let strengths):
      try SpikedOperator(device: device, noise: noise, strengths: strengths, directions: spikeDirections)
    case .autoregressive(let correlation):
      AutoregressiveOperator(device: device, correlation: correlation, coordinateCount: coordinateCount)
    case .circulant(let eigenvalues):
      CirculantOperator(device: device, eigenvalues: eigenvalues, coordinateCount: coordinateCount)
    case .blocks(let bounds, let correlation):
      BlockOperator(device: device, bounds: bounds, correlation: correlation)
    case .dense(let covariance):
      try DenseOperator(device: device, covariance: covariance, coordinateCount: coordinateCount)
    }
  }
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
