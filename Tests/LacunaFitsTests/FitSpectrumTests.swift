import DeterministicEquivalents
import LacunaAlgebra
import LacunaFits
import LacunaHost
import MaskedRegression
import RealModule
import Testing

/// The spectrum of a fit, against the predictor itself and against closed forms.
@Suite struct FitSpectrumTests {
  /// Power sums of the eigenvalues are traces of powers of Â, and the directions found its eigenvectors, in the units of the data: with
  /// more and fewer rows than coordinates, with and without intercept and weights.
  @Test(arguments: [(90, 40), (40, 90)], [WeightChoice.uniform, .variance])
  func ofThePredictor(shape: (Int, Int), weights: WeightChoice) throws {
    let (n, d) = shape
    let samples = SpectrumSamples(n: n, d: d, strengths: [60, 30])
    for centered in [false, true] {
      let fit = try FitRequest(ridge: .path([weights == .uniform ? 0.2 : 0.1]), weights: weights, centered: centered)
        .fit(
          samples.drawn(0), sampleCount: n, on: SpectrumSamples.host)
      let spectrum = try fit.spectrum().get()
      let eigenvalues = try #require(spectrum.eigenvalues)
      var a: [Double] = []
      try fit.fit.predictor(ridge: fit.best.ridge) { a += $0 }
      func times(_ b: [Double]) -> [Double] {
        var product = [Double](repeating: 0, count: d * d)
        for i in 0..<d { for k in 0..<d { for j in 0..<d { product[i * d + j] += a[i * d + k] * b[k * d + j] } } }
        return product
      }
      var power = a
      for exponent in 1...4 {
        if exponent > 1 { power = times(power) }
        let trace = (0..<d).reduce(0) { $0 + power[$1 * d + $1] }
        let sum = eigenvalues.reduce(0) { $0 + Double.pow($1, exponent) }
        let size = eigenvalues.reduce(0) { $0 + Double.pow(abs($1), Double(exponent)) }
        #expect(abs(trace - sum) < 1e-12 * size * Double(d), "power \(exponent)")
      }
      #expect(spectrum.outliers.count == 2 && spectrum.directions.count == 2)
      for (outlier, u) in zip(spectrum.outliers, spectrum.directions) {
        // Â of the columns over √w has the eigenvectors; that of the data has them with √w.
        let image = (0..<d).map { i in (0..<d).reduce(0) { $0 + a[i * d + $1] * u[$1] } }
        let residual = zip(image, u).reduce(0) {
          $0 + ($1.0 - outlier.eigenvalue * $1.1) * ($1.0 - outlier.eigenvalue * $1.1)
        }
        #expect(residual.squareRoot() < 1e-11)
        #expect(abs(u.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
      }
    }
  }

  /// With few rows of many coordinates the greatest eigenvalues are those of the whole: place by place, to the last direction, with
  /// permuted copies too; and where coordinates are correlated the count is.
  @Test(arguments: [false, true])
  func leading(centered: Bool) throws {
    let samples = SpectrumSamples(n: 40, d: 520, strengths: [150, 80])
    let x = samples.drawn(0)
    let fit = try FitRequest(ridge: .path([0.5]), centered: centered).fit(x, sampleCount: 40, on: SpectrumSamples.host)
    let spectrum = try fit.spectrum().get()
    #expect(spectrum.eigenvalues == nil && spectrum.outliers.count == 2)
    var a: [Double] = []
    try fit.fit.predictor(ridge: 0.5) { a += $0 }
    for (rank, (outlier, u)) in zip(spectrum.outliers, spectrum.directions).enumerated() {
      let image = (0..<520).map { i in (0..<520).reduce(0) { $0 + a[i * 520 + $1] * u[$1] } }
      let residual = zip(image, u).reduce(0) {
        $0 + ($1.0 - outlier.eigenvalue * $1.1) * ($1.0 - outlier.eigenvalue * $1.1)
      }
      #expect(residual.squareRoot() < 1e-10, "rank \(rank)")
    }
    // None is passed over.
    let device = SpectrumSamples.host
    let fitted = try #require(fit.fit as? DataFit<HostBackend<Double>>)
    let all = try device.eigenvalues(of: try symmetrized(a, of: fitted))
    #expect(all.count { $0 > spectrum.threshold } == 2)
    #expect(abs(all[519] - spectrum.outliers[0].eigenvalue) < 1e-11)
    #expect(abs(all[518] - spectrum.outliers[1].eigenvalue) < 1e-11)
    let permuted = try fit.spectrum(permutations: 19).get()
    #expect(permuted.outliers.count == 2)
    #expect(abs(permuted.threshold - spectrum.threshold) < 0.5 * (1 - spectrum.threshold))
  }

  /// B of Â: Â_kj = −Q_kj/Q_kk, so that B_kj = sign(Â_kj) √(Â_kj Â_jk).
  private func symmetrized(_ a: [Double], of fit: DataFit<HostBackend<Double>>) throws -> HostMatrix<Double> {
    let d = fit.coordinateCount
    var b = a
    for i in 0..<d {
      for j in 0..<d {
        let product = a[i * d + j] * a[j * d + i]
        b[i * d + j] = product > 0 ? product.squareRoot() * (a[i * d + j] < 0 ? -1 : 1) : 0
      }
    }
    return try SpectrumSamples.host.makeMatrix(b, rows: d, columns: d)
  }

  /// What an outlier tells of a spike that is spread evenly is the spike it was computed from, for the predictor and the Gram.
  @Test(arguments: [(400, 300), (150, 300)])
  func spreadSpike(shape: (Int, Int)) throws {
    let (n, d) = shape
    let variances = SpectrumSamples(n: n, d: d).variances
    let even = [Double](repeating: 1 / Double(d).squareRoot(), count: d)
    let population = try SpikedPopulation(variances: variances, strengths: [9], directions: [even])
    for theory in [
      try OutlierEquivalent(predictorOf: population, sampleCount: n, ridge: 0.3),
      try OutlierEquivalent(gramOf: population, sampleCount: n),
    ] {
      let edge = try #require(theory.spectrum.intervals.last?.upper)
      let outlier = try #require(theory.outliers.first { $0.position > edge })
      let edges = try SpectrumEdges(of: theory.spectrum.bulk)
      let spike = try #require(edges.spreadSpike(at: outlier.position))
      #expect(abs(spike.strength / 9 - 1) < 1e-10)
      #expect(abs(spike.symmetrized / outlier.overlaps[0].symmetrized - 1) < 1e-9)
      #expect(abs(spike.right / outlier.overlaps[0].right - 1) < 1e-9)
      #expect(edges.spreadSpike(at: edge * 0.99) == nil)
    }
  }

  /// Strengths within a quarter of the truth, and the squared cosine with it about what is said.
  @Test(arguments: [600, 200])
  func strengthsAndOverlaps(n: Int) throws {
    let samples = SpectrumSamples(n: n, d: 300, strengths: [16, 8])
    var cosines: [Double] = []
    var expected: [Double] = []
    for draw in 0..<3 {
      let spectrum = try samples.fit(draw, ridge: .path([0.1])).spectrum().get()
      try #require(spectrum.outliers.count == 2)
      for (j, outlier) in spectrum.outliers.enumerated() {
        let strength = try #require(outlier.strength)
        #expect(abs(strength / samples.strengths[j] - 1) < 0.25, "\(strength) for \(samples.strengths[j])")
        let product = zip(samples.directions[j], spectrum.directions[j]).reduce(0) { $0 + $1.0 * $1.1 }
        cosines.append(product * product)
        expected.append(try #require(outlier.overlap))
      }
      let null = try SpectrumEquivalent(bulk: spectrum.null.bulk)
      #expect(null.distribution(at: 1 / (1 - spectrum.threshold)) > 1 - 1e-9)
    }
    let (found, said) = (cosines.reduce(0, +) / 6, expected.reduce(0, +) / 6)
    #expect(abs(found - said) < 0.04, "\(found), said \(said)")
  }

  /// Where correlations have no few directions, none is named.
  @Test func correlated() throws {
    let (n, d) = (300, 80)
    let x = try SpectrumSamples.host.makeMatrix(rows: n, columns: d)
    try SpectrumSamples.host.fill(
      x, law: .gaussian, stream: RandomStream(seed: 3, purpose: .samples, index: 0), offset: 0)
    try SpectrumSamples.host.autoregress(x, correlation: 0.7, adjoint: false)
    let spectrum = try FitRequest(ridge: .path([0.05])).fit(
      try SpectrumSamples.host.download(x), sampleCount: n, on: SpectrumSamples.host
    ).spectrum().get()
    #expect(spectrum.isCorrelated && spectrum.outliers.count > d / 10 && spectrum.directions.isEmpty)
    #expect(spectrum.outliers.allSatisfy { $0.strength == nil && $0.overlap == nil })
    let summary = FitSummary.Spectrum(spectrum)
    #expect(summary.directions == nil && summary.remark == "correlated, not low rank")
  }

  /// Columns that never vary are no part of it.
  @Test func constantColumns() throws {
    let samples = SpectrumSamples(n: 60, d: 30, strengths: [60])
    let x = samples.drawn(0)
    let wider = (0..<60).flatMap { (i: Int) -> [Double] in [5.0] + Array(x[i * 30..<(i + 1) * 30]) + [0.0] }
    let fit = try FitRequest(ridge: .path([0.3]), centered: true).fit(wider, sampleCount: 60, on: SpectrumSamples.host)
    let alone = try FitRequest(ridge: .path([0.3]), centered: true).fit(x, sampleCount: 60, on: SpectrumSamples.host)
    let (spectrum, own) = (try fit.spectrum().get(), try alone.spectrum().get())
    #expect(spectrum.eigenvalues?.count == 30)
    #expect(zip(spectrum.eigenvalues ?? [], own.eigenvalues ?? []).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(spectrum.directions[0].count == 32 && spectrum.directions[0][0] == 0 && spectrum.directions[0][31] == 0)
    #expect(abs((spectrum.outliers[0].strength ?? 0) / (own.outliers[0].strength ?? 1) - 1) < 1e-9)
  }

  /// Where it is not defined a reason stands in its place, and too few copies are refused.
  @Test func reasons() throws {
    let samples = SpectrumSamples(n: 60, d: 30)
    let x = samples.drawn(0)
    func reason(_ request: FitRequest, _ values: [Double]? = nil) throws -> String? {
      let found = try request.fit(values ?? x, sampleCount: 60, on: SpectrumSamples.host).spectrum()
      if case .failure(let reason) = found { return reason.description }
      return nil
    }
    // So few coordinates have no law at the ridge that noise asks for, and are compared with copies.
    let searched = try FitRequest().fit(x, sampleCount: 60, on: SpectrumSamples.host).spectrum().get()
    #expect(searched.level == .permutations(19))
    #expect(try reason(FitRequest(ridge: .ridgeless)) == nil)
    #expect(try reason(FitRequest(ridge: .path([0.1]), weights: .selfWeighted))?.contains("weights") == true)
    #expect(
      try reason(FitRequest(ridge: .path([0.1]), groups: try SampleGroups(runs: 5, sampleCount: 60)))?.contains(
        "groups")
        == true)
    let few = Array(samples.drawn(0).prefix(60 * 5))
    #expect(try reason(FitRequest(ridge: .path([0.1])), few)?.contains("fewer than ten") == true)
    #expect(throws: FitError.self) { try samples.fit(0, ridge: .path([0.1])).spectrum(permutations: 18) }
  }
}
