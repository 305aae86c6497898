import LacunaAlgebra

/// The bulks of the populations: where Σ and diag R are diagonal together, and of a dense Σ, where they are not.

/// λ/κ and κ, refused where the limit λ → 0 leaves no W.
func shrinkage(
  _ population: some Population, sampleCount: Int, ridge: Double
) throws(PopulationError) -> EffectiveRidge {
  let root = try EffectiveRidge(population: population, sampleCount: sampleCount, ridge: ridge)
  guard root.shrinkage > 0 else {
    throw .invalidArgument(
      name: "ridge", value: ridge,
      requirement: "positive where there are fewer samples than coordinates: the spectrum's scale is 1/ridge")
  }
  return root
}

/// That of a constant D beside λI: δ² = (2/n)(tr RΣR/tr R)²/(1 − df₂/n), for Gaussian entries.
func metricFluctuation(_ root: EffectiveRidge, sampleCount: Int) -> MetricFluctuation {
  let share = root.traces.resolventCovarianceResolvent / root.traces.resolvent
  return MetricFluctuation(
    metric: share * share * 2 / (Double(sampleCount) * remainingVariance(root, sampleCount: sampleCount)))
}

/// The Gram's bulk: D = I, λ = 0.
private func gramBulk(eigenvalues: [Double], sampleCount: Int) throws(PopulationError) -> BulkMeasure {
  try requirePositive(sampleCount, "sample count")
  let nodes = collapse(eigenvalues, sampleCount: sampleCount).map {
    BulkMeasure.Node(eigenvalue: $0.value, metric: 1, ridge: 0, weight: $0.weight)
  }
  return BulkMeasure(nodes: nodes, sampleCount: sampleCount)
}

extension DiagonalPopulation {
  /// D_k = (κ/λ)/(v_k + κ).
  public func predictorBulk(sampleCount: Int, ridge: Double) throws(PopulationError) -> BulkMeasure {
    let root = try shrinkage(self, sampleCount: sampleCount, ridge: ridge)
    let nodes = collapsed(sampleCount: sampleCount).map {
      BulkMeasure.Node(
        eigenvalue: $0.value, metric: 1 / (($0.value + root.value) * root.shrinkage), ridge: ridge, weight: $0.weight)
    }
    return BulkMeasure(
      nodes: nodes, sampleCount: sampleCount,
      fluctuation: commonVariance.map { _ in metricFluctuation(root, sampleCount: sampleCount) },
      shrinkage: root.shrinkage)
  }

  public func gramBulk(sampleCount: Int) throws(PopulationError) -> BulkMeasure {
    try requirePositive(sampleCount, "sample count")
    let nodes = collapsed(sampleCount: sampleCount).map {
      BulkMeasure.Node(eigenvalue: $0.value, metric: 1, ridge: 0, weight: $0.weight)
    }
    return BulkMeasure(nodes: nodes, sampleCount: sampleCount)
  }

  func collapsed(sampleCount: Int) -> [(value: Double, weight: Double)] {
    commonVariance.map { [($0, Double(coordinateCount))] } ?? collapse(variances, sampleCount: sampleCount)
  }
}

extension CirculantPopulation {
  /// D is constant.
  public func predictorBulk(sampleCount: Int, ridge: Double) throws(PopulationError) -> BulkMeasure {
    let root = try shrinkage(self, sampleCount: sampleCount, ridge: ridge)
    let metric = root.traces.resolvent / Double(coordinateCount) / root.shrinkage
    let nodes = collapse(eigenvalues, sampleCount: sampleCount).map {
      BulkMeasure.Node(eigenvalue: $0.value, metric: metric, ridge: ridge, weight: $0.weight)
    }
    return BulkMeasure(
      nodes: nodes, sampleCount: sampleCount, fluctuation: metricFluctuation(root, sampleCount: sampleCount),
      shrinkage: root.shrinkage)
  }

  public func gramBulk(sampleCount: Int) throws(PopulationError) -> BulkMeasure {
    try DeterministicEquivalents.gramBulk(eigenvalues: eigenvalues, sampleCount: sampleCount)
  }
}

extension AutoregressivePopulation {
  /// The chain closed to a ring: its spectral density (1−ρ²)/(1 − 2ρ cos θ + ρ²) at d frequencies, D constant. The two ends,
  /// where D differs, are a fraction O(1/d) of the coordinates.
  public func predictorBulk(sampleCount: Int, ridge: Double) throws(PopulationError) -> BulkMeasure {
    try ring.predictorBulk(sampleCount: sampleCount, ridge: ridge)
  }

  public func gramBulk(sampleCount: Int) throws(PopulationError) -> BulkMeasure {
    try ring.gramBulk(sampleCount: sampleCount)
  }

  var ring: CirculantPopulation {
    let innovation = (1 - correlation) * (1 + correlation)
    let distance = (1 - correlation) * (1 - correlation)
    let values = (0..<coordinateCount).map { j in
      let half = Double.sin(.pi * (Double(j) + 0.5) / Double(2 * coordinateCount))
      return innovation / (distance + 4 * correlation * half * half)
    }
    let scale = Double(coordinateCount) / blockSum(values)
    return CirculantPopulation(eigenvalues: values.map { $0 * scale })
  }
}

extension ToeplitzPopulation {
  /// The row closed to a ring by the embedding that sampling uses: its eigenvalues for the spectral density, D constant.
  public func predictorBulk(sampleCount: Int, ridge: Double) throws(PopulationError) -> BulkMeasure {
    try ring().predictorBulk(sampleCount: sampleCount, ridge: ridge)
  }

  public func gramBulk(sampleCount: Int) throws(PopulationError) -> BulkMeasure {
    try ring().gramBulk(sampleCount: sampleCount)
  }

  /// d values of the spectral density at the frequencies of the lags 0 … d−1, the last lags shared out by the embedding.
  private func ring() throws(PopulationError) -> CirculantPopulation {
    let values = try circulantEmbedding()
    let (m, d) = (values.count, coordinateCount)
    // Interpolate the symmetric spectrum of length m at d midpoints of (0, π); a zero density would leave no inverse.
    let floor = 1e-12 * (values.max() ?? 1)
    let picked = (0..<d).map { j in
      let position = (Double(j) + 0.5) / Double(d) * Double(m) / 2
      let index = min(Int(position), m - 1)
      let fraction = position - Double(index)
      return max(floor, values[index] * (1 - fraction) + values[(index + 1) % m] * fraction)
    }
    let scale = firstRow[0] * Double(d) / blockSum(picked)
    return CirculantPopulation(eigenvalues: picked.map { $0 * scale })
  }
}

extension BlockPopulation {
  /// D is constant on the blocks of one size.
  public func predictorBulk(sampleCount: Int, ridge: Double) throws(PopulationError) -> BulkMeasure {
    let root = try shrinkage(self, sampleCount: sampleCount, ridge: ridge)
    // Two sizes that differ by one have nearly the same D.
    let fluctuation = metricFluctuation(root, sampleCount: sampleCount)
    var bulk = bulk(sampleCount: sampleCount, ridge: ridge, fluctuation: fluctuation) { values, size in
      (Double(size - 1) / (values.repeated + root.value) + 1 / (values.mean + root.value)) / Double(size)
        / root.shrinkage
    }
    bulk.shrinkage = root.shrinkage
    return bulk
  }

  public func gramBulk(sampleCount: Int) throws(PopulationError) -> BulkMeasure {
    try requirePositive(sampleCount, "sample count")
    return bulk(sampleCount: sampleCount, ridge: 0, fluctuation: nil) { _, _ in 1 }
  }

  private func bulk(
    sampleCount: Int, ridge: Double, fluctuation: MetricFluctuation?,
    metric: ((repeated: Double, mean: Double), Int) -> Double
  ) -> BulkMeasure {
    var nodes: [BulkMeasure.Node] = []
    for (size, blocks) in sizes {
      let values = eigenvalues(blockSize: size)
      let metric = metric(values, size)
      nodes.append(
        BulkMeasure.Node(eigenvalue: values.mean, metric: metric, ridge: ridge, weight: Double(blocks)))
      if size > 1 {
        nodes.append(
          BulkMeasure.Node(
            eigenvalue: values.repeated, metric: metric, ridge: ridge, weight: Double(blocks * (size - 1))))
      }
    }
    return BulkMeasure(nodes: nodes, sampleCount: sampleCount, fluctuation: fluctuation)
  }
}

extension DensePopulation {
  /// D = diag(R)·κ/λ does not commute with Σ: see `DensePencil`.
  /// - Throws: `unsupported` for more than `DensePencil.greatestOrder` coordinates, with the number.
  public func predictorBulk(sampleCount: Int, ridge: Double) throws(PopulationError) -> BulkMeasure {
    guard coordinateCount <= DensePencil.greatestOrder else {
      throw .unsupported(
        reason: "the spectrum of the joint predictor under a dense covariance is solved for at most "
          + "\(DensePencil.greatestOrder) coordinates, not \(coordinateCount): an eigensolve for each point of it; "
          + "simulate it, or give the covariance a structure")
    }
    let root = try shrinkage(self, sampleCount: sampleCount, ridge: ridge)
    let metric = resolventDiagonals(effectiveRidge: root.value).resolvent.map { $0 / root.shrinkage }
    do throws(BackendError) {
      let pencil = try DensePencil(
        eigenvalues: eigenvalues, vectors: eigenvectors, metric: metric, ridge: ridge, backend: backend)
      var bulk = BulkMeasure(pencil: pencil, sampleCount: sampleCount)
      bulk.shrinkage = root.shrinkage
      return bulk
    } catch {
      throw .noConvergence(what: "the spectrum of a dense covariance: \(error)")
    }
  }

  public func gramBulk(sampleCount: Int) throws(PopulationError) -> BulkMeasure {
    try DeterministicEquivalents.gramBulk(eigenvalues: eigenvalues, sampleCount: sampleCount)
  }
}
