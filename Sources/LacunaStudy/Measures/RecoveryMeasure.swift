import LacunaAlgebra
import MaskedRegression

/// What one draw of the data shows beyond the errors, at one ridge; what was not asked for is nil.
struct SpectralOutcome: Sendable {
  /// All eigenvalues of Â, ascending.
  var eigenvalues: [Double]?
  var recovery: Recovery?
  /// E_gen of probabilistic principal components, one a rank; the same at every ridge.
  var principal: [PrincipalRankError]?

  /// How far the spikes show, one value a spike.
  struct Recovery: Sendable {
    /// The extreme eigenvalue of Â on the spike's side: the greatest for a positive strength, the least for a negative one.
    var eigenvalues: [Double]
    /// Squared length of D_Q^½u/|D_Q^½u| in the span of the eigenvectors of B that belong to as many extreme eigenvalues
    /// as there are spikes of this sign.
    var overlaps: [Double]
    /// The same of the Gram S and u.
    var principalEigenvalues: [Double]
    var principalOverlaps: [Double]
  }
}

/// Storage for the trials that need eigenvalues: Â's spectrum, the spikes recovered, principal components as the rival.
///
/// Â = I − D_Q⁻¹Q is similar to the symmetric B = I − D_Q^(−½) Q D_Q^(−½), which is solved instead. Three d × d matrices, for
/// n < d as well. The samples are those of `ErrorTrial` for the same stream.
final class SpectralTrial<Device: Backend> {
  private let device: Device
  private let stage: Experiment.Stage
  private let measures: [Measure]
  private let covariance: any SampledCovariance<Device>
  private let regression: PrimalRegression<Device>
  private let block: Device.Matrix
  private let resolvent: Device.Matrix
  private let work: Device.Matrix
  private let scaling: Device.Matrix
  private let negatedScaling: Device.Matrix
  private let principal: PrincipalComponents<Device>?
  /// a of the predictor a(I − diag(Q)⁻¹Q).
  private let gain: Double
  /// Under random masks, what Q is the resolvent of.
  private let masked: (regression: RandomMaskRegression<Device>, moments: MaskMoments)?

  /// nil where the stage measures errors alone.
  init?(device: Device, stage: Experiment.Stage) throws {
    measures = stage.point.configuration.measures
    guard measures.contains(where: \.isSpectral) else { return nil }
    let (n, d) = (stage.sampleCount, stage.model.coordinateCount)
    self.device = device
    self.stage = stage
    covariance = try stage.model.realize(on: device)
    regression = try PrimalRegression(
      device: device, gram: try device.makeMatrix(rows: d, columns: d), sampleCount: n)
    block = try device.makeMatrix(
      rows: blockRows(sampleCount: n, coordinateCount: d), columns: d)
    resolvent = try device.makeMatrix(rows: d, columns: d)
    work = try device.makeMatrix(rows: d, columns: d)
    scaling = try device.makeVector(d)
    negatedScaling = try device.makeVector(d)
    principal =
      measures.contains(.pca)
      ? try PrincipalComponents(device: device, coordinateCount: d) : nil
    let form = stage.point.configuration.mask.scheme.resolventForm
    gain = form?.gain ?? 1
    masked = try (form?.moments).map { [regression] moments in
      (try RandomMaskRegression(device: device, gram: regression.gram), moments)
    }
  }

  /// One draw of the data at every ridge.
  func run(stream: RandomStream) throws -> [SpectralOutcome] {
    try drawGram(stream)
    var shared = SpectralOutcome()
    if let principal {
      let ranks =
        try stage.principalRanks
        ?? [
          principal.rank(
            above: stage.principalTheory?.edge ?? .infinity, gram: regression.gram, scratch: resolvent)
        ]
      try device.copy(regression.gram, to: work)
      shared.principal = try principal.errors(
        ranks: ranks, gram: work, scratch: resolvent, covariance: covariance)
    }
    var principalPairs: SpikeProjection?
    if measures.contains(.recovery) {
      principalPairs = try project(regression.gram, targets: stage.model.spikeDirections)
    }
    return try stage.ridges.map { ridge in
      var outcome = shared
      if measures.contains(.spectrum) || measures.contains(.recovery) {
        let (predictor, diagonal) = try symmetrizedPredictor(ridge: ridge)
        if let principalPairs {
          let roots = diagonal.map { $0.squareRoot() }
          let pairs = try project(
            predictor, targets: stage.model.spikeDirections.map { u in zip(roots, u).map { $0 * $1 } })
          outcome.recovery = SpectralOutcome.Recovery(
            eigenvalues: pairs.eigenvalues, overlaps: pairs.overlaps,
            principalEigenvalues: principalPairs.eigenvalues, principalOverlaps: principalPairs.overlaps)
        }
        if measures.contains(.spectrum) { outcome.eigenvalues = try device.eigenvalues(of: predictor) }
      }
      return outcome
    }
  }

  private func drawGram(_ stream: RandomStream) throws {
    try device.clear(regression.gram)
    var first = 0
    while first < stage.sampleCount {
      let rows = block.firstRows(min(block.rows, stage.sampleCount - first))
      try covariance.sample(
        into: rows, law: stage.point.configuration.data.law, stream: stream, firstSample: first)
      try device.accumulateGram(of: rows, scale: 1 / Device.Element(stage.sampleCount), into: regression.gram)
      first += rows.rows
    }
  }

  /// B = D_Q^(−½) Â D_Q^(½), a(I − D_Q^(−½) Q D_Q^(−½)): a = 1 and Q = (S + λI)⁻¹, or under Bernoulli masks 1/p and Q̃.
  /// - Returns: B, and diag Q.
  private func symmetrizedPredictor(ridge: Double) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    let (q, diagonal) =
      try masked.map { try $0.regression.resolvent($0.moments, ridge: ridge) }
      ?? regression.resolvent(ridge: ridge, scratch: resolvent)
    let inverseRoots = diagonal.map { 1 / $0.squareRoot() }
    try device.upload(inverseRoots.map { Device.Element($0) }, to: scaling, firstRow: 0)
    try device.upload(inverseRoots.map { Device.Element(-gain * $0) }, to: negatedScaling, firstRow: 0)
    try device.scale(q, rows: scaling, columns: negatedScaling)
    try device.addDiagonal(Device.Element(gain), to: q)
    return (q, diagonal)
  }

  private struct SpikeProjection {
    var eigenvalues: [Double]
    var overlaps: [Double]
  }

  /// Extreme eigenvalues of a symmetric matrix (lower triangle), and how much of each target lies in their eigenvectors.
  /// - Parameter targets: one a spike, of any length.
  private func project(_ matrix: Device.Matrix, targets: [[Double]]) throws -> SpikeProjection {
    let strengths = stage.point.configuration.data.spikes.map(\.strength)
    var result = SpikeProjection(
      eigenvalues: strengths.map { _ in .nan }, overlaps: strengths.map { _ in .nan })
    for sign in [1.0, -1.0] {
      let spikes = strengths.indices.filter { (strengths[$0] < 0) == (sign < 0) }
      guard !spikes.isEmpty else { continue }
      let vectors = try device.makeMatrix(rows: spikes.count, columns: matrix.columns)
      try device.add(matrix, alpha: Device.Element(sign), beta: 0, to: work)
      let values = try device.leadingEigenpairs(of: work, into: vectors)
      let rows = try device.download(vectors).map { Double($0) }
      for spike in spikes {
        let target = targets[spike]
        var inside = 0.0
        for row in 0..<vectors.rows {
          let product = dot(Array(rows[row * target.count..<(row + 1) * target.count]), target)
          inside += product * product
        }
        result.overlaps[spike] = inside / dot(target, target)
        result.eigenvalues[spike] = sign * values[0]
      }
    }
    return result
  }
}
