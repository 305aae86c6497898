import LacunaAlgebra
import RealModule

/// The folds of `FitResult.verdict`, trained and predicted.
struct VerdictTrial<Device: Backend> {
  private let fit: DataFit<Device>
  private let folds: VerdictFolds
  /// nλ/n on columns of mean square 1, ascending; ∞ is the last.
  private let ridges: [Double]

  init(_ fit: DataFit<Device>, folds: VerdictFolds) {
    self.fit = fit
    self.folds = folds
    // From where no digits are left to where nothing is predicted: no eigenvalue is greater than d.
    let d = Double(fit.coordinateCount)
    ridges =
      (0..<60).map { 1e-10 * Double.exp(Double($0) / 2 * Double.log(10)) }.filter { $0 < 30 * d } + [.infinity]
  }

  /// Errors of every choice, summed over folds within the training samples of one fold.
  private struct Inner {
    var ridges: [Double]
    var ranks: [Double]?

    mutating func add(ridges errors: [Double], ranks others: [Double]) {
      for (index, error) in errors.enumerated() { ridges[index] += error }
      ranks = ranks.map { zip($0, others).map { $0 + $1 } } ?? others
    }

    /// The lowest of those that are equal.
    var rank: Int {
      let errors = ranks ?? [0]
      return errors.indices.min { errors[$0] < errors[$1] } ?? 0
    }
  }

  /// Of least error: the largest of equal ones, between the ridges tried by the parabola of the error in ln λ.
  private func best(_ errors: [Double]) -> Double {
    let index = errors.indices.reversed().min { errors[$0] < errors[$1] } ?? 0
    guard index > 0, index + 1 < errors.count, ridges[index + 1].isFinite, errors[index - 1].isFinite,
      errors[index + 1].isFinite
    else { return ridges[index] }
    let (left, right) = (errors[index - 1] - errors[index], errors[index + 1] - errors[index])
    guard left + right > 0 else { return ridges[index] }
    return ridges[index] * Double.pow(ridges[index + 1] / ridges[index], (left - right) / (2 * (left + right)))
  }

  /// w of a ridge at all samples, nλ being kept where they are fewer.
  private func weights(ridge: Double, _ spectrum: TrainedSpectrum<Device>, samples: Int) -> [Double]? {
    ridge.isFinite
      ? spectrum.weights(ridge: ridge * Double(fit.sampleCount) / Double(samples)) : spectrum.values.map { _ in 1 }
  }

  func verdict() throws -> FitVerdict {
    let pairs = VerdictFolds.pairs
    let training = try VerdictTraining(fit, folds: folds)
    let frames = try pairs.map { try training.frame(without: [$0, $1]) }
    let isCompared = (0..<fit.coordinateCount).map { k in frames.allSatisfy { $0.varies[k] } }
    let dimension = isCompared.count { $0 }
    guard dimension >= 2 else {
      return FitVerdict(reason: "fewer than two columns vary in all that is trained on")
    }
    var inner = [Inner](
      repeating: Inner(ridges: [Double](repeating: 0, count: ridges.count)), count: VerdictFolds.count)
    for ((a, b), frame) in zip(pairs, frames) {
      var frame = frame
      try frame.compare(isCompared)
      let count = fit.sampleCount - folds.members[a].count - folds.members[b].count
      let spectrum = try training.spectrum(without: [a, b], frame: frame)
      for (held, out) in [(a, b), (b, a)] {
        let moments = try training.moments(of: held, spectrum: spectrum)
        let errors = try ridges.map {
          try weights(ridge: $0, spectrum, samples: count).map { try moments.error($0) } ?? .infinity
        }
        inner[out].add(ridges: errors, ranks: try moments.rankErrors(dimension: dimension))
      }
    }
    var (masked, pca, empty) = (
      [Double](repeating: 0, count: fit.sampleCount), [Double](repeating: 0, count: fit.sampleCount), 0.0
    )
    var chosen: (ridges: [Double], ranks: [Int]) = ([], [])
    for (fold, members) in folds.members.enumerated() {
      var frame = try training.frame(without: [fold])
      try frame.compare(isCompared)
      let spectrum = try training.spectrum(without: [fold], frame: frame)
      let (ridge, rank) = (best(inner[fold].ridges), inner[fold].rank)
      guard let own = weights(ridge: ridge, spectrum, samples: fit.sampleCount - members.count),
        let other = spectrum.weights(rank: rank, dimension: dimension)
      else { return FitVerdict(reason: "\(Device.Element.precision.rawValue) keeps no digits of what predicts best") }
      chosen.ridges.append(ridge)
      chosen.ranks.append(rank)
      var first = 0
      try fit.forEachPiece(of: members) { block, _ in
        let part = members[first..<first + block.rows]
        first += block.rows
        try frame.apply(to: block)
        empty += try fit.device.doubleRowDots(block, block).reduce(0, +)
        let projections = try spectrum.project(block)
        let (a, b) = (
          try spectrum.squares(outside: block, projections: projections, weights: own),
          try spectrum.squares(outside: block, projections: projections, weights: other)
        )
        for (offset, i) in part.enumerated() { (masked[i], pca[i]) = (a[offset], b[offset]) }
      }
    }
    let cells = Double(fit.sampleCount * dimension)
    let (maskedError, pcaError) = (masked.reduce(0, +) / cells, pca.reduce(0, +) / cells)
    guard maskedError.isFinite, pcaError.isFinite else {
      return FitVerdict(reason: "\(Device.Element.precision.rawValue) does not hold the errors")
    }
    return FitVerdict(
      comparison: FitVerdict.Comparison(
        maskedError: maskedError, pcaError: pcaError, emptyError: empty / cells,
        ridge: chosen.ridges.sorted()[VerdictFolds.count / 2], pcaRank: chosen.ranks.sorted()[VerdictFolds.count / 2],
        difference: maskedError - pcaError,
        standardError: standardError(of: zip(masked, pca).map { ($0 - $1) / Double(dimension) }),
        coordinateCount: dimension))
  }

  /// √(G/(G−1) Σ_g (Σ_{i∈g} (e_i − ē))²)/n over units that are independent of each other.
  private func standardError(of differences: [Double]) -> Double {
    let (n, count) = (Double(differences.count), Double(folds.units.count))
    let mean = differences.reduce(0, +) / n
    let sum = folds.units.reduce(0.0) { sum, unit in
      let deviation = unit.reduce(0.0) { $0 + differences[$1] - mean }
      return sum + deviation * deviation
    }
    return (sum * count / (count - 1)).squareRoot() / n
  }
}

/// What is trained on all folds but some: of the folds' moments where they are no more numbers than the samples, else of the samples.
private struct VerdictTraining<Device: Backend> {
  private let fit: DataFit<Device>
  private let folds: VerdictFolds
  private let moments: FoldMoments<Device>?

  init(_ fit: DataFit<Device>, folds: VerdictFolds) throws {
    self.fit = fit
    self.folds = folds
    let (n, d) = (fit.sampleCount, fit.coordinateCount)
    let least = VerdictFolds.pairs.map { n - folds.members[$0].count - folds.members[$1].count }.min() ?? 0
    moments = n >= VerdictFolds.count * d && least > d ? try FoldMoments(fit, folds: folds.members) : nil
  }

  private func others(_ out: [Int]) -> [Int] { folds.members.indices.filter { !out.contains($0) } }

  func frame(without out: [Int]) throws -> TrainedFrame<Device> {
    guard let moments else { return try TrainedFrame(fit, rows: folds.without(out)) }
    return try TrainedFrame(moments, folds: others(out))
  }

  func spectrum(without out: [Int], frame: TrainedFrame<Device>) throws -> TrainedSpectrum<Device> {
    guard let moments else { return try TrainedSpectrum(fit, rows: folds.without(out), frame: frame) }
    return try TrainedSpectrum(moments, folds: others(out), frame: frame)
  }

  func moments(of fold: Int, spectrum: TrainedSpectrum<Device>) throws -> HeldMoments<Device> {
    guard let moments else { return try HeldMoments(fit, rows: folds.members[fold], spectrum: spectrum) }
    return try HeldMoments(moments, fold: fold, spectrum: spectrum)
  }
}
