import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

@Suite struct SelfWeightedFitTests {
  private static let masks: [(any FitMask)] = [
    LeaveOneOutFitMask(), SchemeFitMask(PartitionMasks([Partition(contiguous: 3, coordinateCount: 6)])),
    ObservedFitMask(),
  ]

  /// The weights are the errors of refits with that penalty, each sample left out.
  @Test(arguments: [(14, 5), (10, 13), (9, 9)], [false, true])
  func weightsAreTheErrorsTheyLeadTo(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let x = unequalSamples(n: n, d: d, seed: 31)
    let result = try FitRequest(ridge: .path([0.05, 0.4]), weights: .selfWeighted, centered: centered).fit(
      x.flatMap { $0 }, sampleCount: n, on: host)
    for errors in result.search.path {
      let w = try result.fit.penalty(ridge: errors.ridge)
      #expect(try #require(try result.fit.learning(ridge: errors.ridge)).converged)
      for k in 0..<d {
        let left = WeightedRefit.leaveOneOut(x, coordinate: k, ridge: errors.ridge, weights: w, centered: centered)
        #expect(abs(w[k] - left) < 1e-9 * left && abs(errors.heldOut[k] - left) < 1e-9 * left)
      }
    }
    let (ridge, w) = (result.best.ridge, try result.fit.penalty(ridge: result.best.ridge))
    let predictor = try result.fit.predictor(ridge: ridge)
    for k in 0..<d {
      let whole = WeightedRefit(x, coordinate: k, ridge: ridge, weights: w, count: n, centered: centered)
      for j in 0..<d { #expect(abs(predictor[k * d + j] - whole.coefficients[j]) < 1e-10) }
    }
  }

  /// Columns times 10^(−6…6): errors times the squares, rows and columns of the predictor times the factors; at given ridges
  /// and at the one chosen.
  @Test(arguments: [0, 1, 2], [(30, 6), (5, 6)]) func unitsDoNotMatter(mask: Int, shape: (Int, Int)) throws {
    let (n, d) = shape
    guard mask == 0 || n > d else { return }
    let units = [1e-6, 1, 1e6, 1e-3, 1e2, 1e4]
    let plain = unequalSamples(n: n, d: d, seed: 32).flatMap { $0 }.enumerated().map {
      mask == 2 && $0 % 11 == 3 ? .nan : $1
    }
    let scaled = plain.enumerated().map { $1 * units[$0 % d] }
    func check<Element: HostScalar>(
      _ device: HostBackend<Element>, _ ridge: RidgeChoice, tolerance: Double
    ) throws {
      let request = FitRequest(mask: Self.masks[mask], ridge: ridge, weights: .selfWeighted, centered: true)
      let (a, b) = (
        try request.fit(plain, sampleCount: n, on: device), try request.fit(scaled, sampleCount: n, on: device)
      )
      #expect(abs(a.best.ridge / b.best.ridge - 1) <= 1e3 * tolerance)
      for (one, other) in zip(a.search.path, b.search.path) where ridge != .automatic {
        for k in 0..<d where !one.heldOut[k].isNaN {
          #expect(abs(other.heldOut[k] / (units[k] * units[k]) - one.heldOut[k]) < tolerance * one.heldOut[k])
        }
      }
      let (p, q) = (try a.fit.predictor(ridge: a.best.ridge), try b.fit.predictor(ridge: b.best.ridge))
      for e in p.indices {
        #expect(abs(Double(q[e]) * units[e % d] / units[e / d] - Double(p[e])) < tolerance)
      }
      #expect(abs(a.standardizedError - b.standardizedError) < tolerance * a.standardizedError)
    }
    try check(host, .path([1e-3, 0.1, 1]), tolerance: 1e-9)
    try check(host, .automatic, tolerance: 1e-6)
    if mask == 0 { try check(HostBackend<Float>(), .path([0.03, 1]), tolerance: 1e-4) }
  }

  /// The weights of the ridge found are those learned from the mean squares there, whatever ridges came before.
  @Test(arguments: [(40, 10), (12, 20)]) func thePathDoesNotMatter(shape: (Int, Int)) throws {
    let (n, d) = shape
    let values = unequalSamples(n: n, d: d, seed: 33).flatMap { $0 }
    let request = FitRequest(weights: .selfWeighted, centered: true)
    let found = try request.fit(values, sampleCount: n, on: host)
    var alone = request
    alone.ridge = .path([found.best.ridge])
    let fresh = try alone.fit(values, sampleCount: n, on: host)
    let pair = zip(
      try found.fit.penalty(ridge: found.best.ridge), try fresh.fit.penalty(ridge: found.best.ridge))
    for (a, b) in pair { #expect(abs(a / b - 1) < 1e-8) }
    #expect(found.search.path.allSatisfy { found.criterion($0) >= found.standardizedError })
    let rounds = try found.search.path.reduce(0) { $0 + (try found.fit.learning(ridge: $1.ridge)?.rounds ?? 0) }
    #expect(rounds < 25 * found.search.path.count, "\(rounds) rounds of \(found.search.path.count) ridges")
  }

  /// Constants, exact relations, two samples, one: weights are numbers above 0, errors are numbers, and what is so well told
  /// that its weight would vanish is named.
  @Test(arguments: [false, true]) func hardData(centered: Bool) throws {
    let x = unequalSamples(n: 20, d: 4, seed: 34)
    let cases: [(String, [[Double]])] = [
      ("constant", x.map { $0 + [3] }), ("zeros", x.map { $0 + [0] }), ("sum", x.map { $0 + [$0[0] + $0[2]] }),
      ("twins", x.map { $0 + $0 }), ("two", Array(x.prefix(2))), ("one", Array(x.prefix(1))),
      ("outlier", x.enumerated().map { i, row in row.map { i == 3 ? $0 * 1e4 : $0 } }),
    ]
    for (name, rows) in cases {
      for ridge in [RidgeChoice.automatic, .path([1e-6, 1]), .ridgeless] {
        let result = try FitRequest(ridge: ridge, weights: .selfWeighted, centered: centered).fit(
          rows.flatMap { $0 }, sampleCount: rows.count, on: host)
        let w = try result.fit.penalty(ridge: result.best.ridge)
        #expect(w.allSatisfy { $0 > 0 && $0.isFinite }, "\(name): \(w)")
        #expect(result.best.heldOut.allSatisfy { $0 >= 0 && $0.isFinite }, "\(name)")
        let learning = try #require(result.learning)
        #expect(learning.converged || result.warnings.contains { $0.contains("did not settle") }, "\(name)")
        #expect(learning.converged, "\(name) \(ridge): \(learning)")
        if name == "constant" && centered { #expect(w[4] == 1) }
      }
    }
    let twins = try FitRequest(weights: .selfWeighted, centered: centered).fit(
      x.flatMap { $0 + $0 }, sampleCount: 20, on: host)
    #expect(twins.warnings.contains { $0.contains("to less than 1e-4 of their spread") })
  }

  /// Unequal noise: the error on the population is that of weights that know the noise, and below those of plain and of
  /// standardised fits.
  @Test func weighsNoiseDownAsIfItKnewIt() throws {
    let (n, d) = (75, 100)
    let noise = (0..<d).map { 0.1 + 4.9 * Double($0) / Double(d - 1) }
    let stream = RandomStream(seed: 35, purpose: .samples, index: 0)
    let loadings = (0..<5 * d).map { EntryLaw.gaussian.value(at: UInt64(10_000_000 + $0), of: stream) }
    let values = (0..<n * d).map { e -> Double in
      let (i, k) = (e / d, e % d)
      return (0..<5).reduce(noise[k].squareRoot() * EntryLaw.gaussian.value(at: UInt64(e), of: stream)) {
        $0 + loadings[$1 * d + k] * EntryLaw.gaussian.value(at: UInt64(20_000_000 + 5 * i + $1), of: stream)
      }
    }
    func covariance(_ i: Int, _ j: Int) -> Double {
      (0..<5).reduce(i == j ? noise[i] : 0) { $0 + loadings[$1 * d + i] * loadings[$1 * d + j] }
    }
    /// Mean error on new samples at the best ridge.
    func error(_ weights: WeightChoice) throws -> Double {
      let result = try FitRequest(weights: weights).fit(values, sampleCount: n, on: host)
      let a = try result.fit.predictor(ridge: result.best.ridge)
      var sum = 0.0
      for k in 0..<d {
        let row = (0..<d).map { ($0 == k ? 1 : 0) - a[k * d + $0] }
        for i in 0..<d { for j in 0..<d { sum += row[i] * covariance(i, j) * row[j] } }
      }
      return sum / Double(d)
    }
    let (plain, variance, own) = (try error(.uniform), try error(.variance), try error(.selfWeighted))
    let oracle = try error(.fixed(.given(noise)))
    #expect(own < variance && own < plain, "\(plain) \(variance) \(own) \(oracle)")
    #expect(own < oracle * 1.01, "\(own) \(oracle)")
  }

  /// The kind of least standardised error, each at its own best ridge by that error.
  @Test func automatic() throws {
    let (n, d) = (40, 6)
    let units = [1, 1e-3, 1e4, 20, 1, 0.3]
    let values = unequalSamples(n: n, d: d, seed: 36, units: units).flatMap { $0 }
    let result = try FitRequest(weights: .automatic, centered: true).fit(values, sampleCount: n, on: host)
    #expect(result.weightTrials.map(\.weights) == [.uniform, .variance, .selfWeighted])
    let errors = try result.weightTrials.map { try #require($0.standardizedError) }
    let compared = try result.weightTrials.map { try #require($0.comparedError) }
    let index = try #require(compared.indices.min { compared[$0] < compared[$1] })
    #expect(errors[1] < errors[0] && errors[index] == result.standardizedError)
    #expect(result.fit.weights == result.weightTrials[index].weights)
    #expect(result.weightTrials.map { $0.crossFittedError != nil } == [false, false, true])
    for (choice, error) in zip([WeightChoice.variance, .selfWeighted], errors.dropFirst()) {
      let alone = try FitRequest(weights: choice, centered: true).fit(values, sampleCount: n, on: host)
      #expect(abs(alone.standardizedError - error) < 1e-8 * error)
    }
    // By errors in the columns' units the plain fit would see the third column alone.
    let plain = try FitRequest(centered: true).fit(values, sampleCount: n, on: host)
    #expect(errors[0] <= plain.standardizedError * (1 + 1e-12))
    #expect(throws: FitError.self) {
      _ = try FitRequest(ridge: .path([0.1]), weights: .automatic).fit(values, sampleCount: n, on: host)
    }
  }

  /// Errors at weights learned without the rows: of refits of each row at weights that refits of the other folds lead to.
  @Test(arguments: [(44, 4), (12, 15)], [false, true]) func crossFitted(shape: (Int, Int), hasGroups: Bool) throws {
    let (n, d) = shape
    let (x, ridge) = (unequalSamples(n: n, d: d, seed: 38), 0.2)
    let groups = hasGroups ? try SampleGroups(runs: 2, sampleCount: n) : nil
    guard !hasGroups || n >= 20 else { return }
    var request = FitRequest(ridge: .path([ridge]), weights: .selfWeighted, centered: true, groups: groups)
    let result = try request.fit(x.flatMap { $0 }, sampleCount: n, on: host)
    let found = try #require(result.crossFitted)
    let units = groups?.members ?? (0..<n).map { [$0] }
    var squares = [Double](repeating: 0, count: d)
    let foldCount = units.count <= 40 ? units.count : 5
    for fold in 0..<foldCount {
      let held = Set(units.indices.filter { $0 % foldCount == fold }.flatMap { units[$0] })
      let rows = (0..<n).filter { !held.contains($0) }
      request.groups = groups.map { all in
        SampleGroups(labels: rows.map { i in all.members.firstIndex { $0.contains(i) }! })
      }
      let part = try request.fit(rows.flatMap { x[$0] }, sampleCount: rows.count, on: host)
      let w = try part.fit.penalty(ridge: ridge)
      for unit in units where held.contains(unit[0]) {
        let rest = x.indices.filter { !unit.contains($0) }.map { x[$0] }
        for k in 0..<d {
          let refit = WeightedRefit(rest, coordinate: k, ridge: ridge, weights: w, count: n, centered: true)
          for i in unit { squares[k] += refit.residual(x[i], k) * refit.residual(x[i], k) / Double(n) }
        }
      }
    }
    // Weights of folds are learned to 10⁻³.
    for k in 0..<d { #expect(abs(found[k] - squares[k]) < 2e-3 * squares[k]) }
    #expect(n < d || !result.warnings.contains { $0.contains("learned without the rows") })
  }

  /// One row that contradicts a sum which all others obey: its weights are its own doing, which is said, and `auto` does not fall for it.
  @Test func oneRowAgainstTheOthers() throws {
    let (n, d) = (60, 6)
    let x = unequalSamples(n: n, d: d - 2, seed: 39).enumerated().map { i, row in
      row + [row[0] - row[1] + (i == 7 ? 10 : 0), row[2] + row[3]]
    }
    let own = try FitRequest(weights: .selfWeighted, centered: true).fit(x.flatMap { $0 }, sampleCount: n, on: host)
    let crossFitted = try #require(own.crossFittedError)
    #expect(crossFitted > 2 * own.standardizedError, "\(crossFitted) \(own.standardizedError)")
    #expect(own.warnings.contains { $0.contains("learned without the rows") })
    let automatic = try FitRequest(weights: .automatic, centered: true).fit(x.flatMap { $0 }, sampleCount: n, on: host)
    let errors = automatic.weightTrials.compactMap(\.standardizedError)
    #expect(errors.count == 3 && errors.min() == errors[2] && automatic.fit.weights == .variance)
  }

  /// Sparse samples learn what dense ones do.
  @Test(arguments: [(30, 6), (5, 8)]) func sparse(shape: (Int, Int)) throws {
    let (n, d) = shape
    let values = unequalSamples(n: n, d: d, seed: 37).flatMap { $0 }.map { abs($0) > 1.2 ? $0 : 0 }
    var (starts, columns, cells) = ([0], [Int32](), [Double]())
    for i in 0..<n {
      for k in 0..<d where values[i * d + k] != 0 {
        columns.append(Int32(k))
        cells.append(values[i * d + k])
      }
      starts.append(cells.count)
    }
    let request = FitRequest(ridge: .path([0.1, 1]), weights: .selfWeighted, centered: true)
    let a = try request.fit(values, sampleCount: n, on: host)
    let b = try request.fit(
      try SparseSamples(coordinateCount: d, rowStarts: starts, columnIndices: columns, values: cells), on: host)
    for (x, y) in zip(try a.fit.penalty(ridge: 0.1), try b.fit.penalty(ridge: 0.1)) {
      #expect(abs(x / y - 1) < 1e-8)
    }
    for (x, y) in zip(try a.fit.predictor(ridge: 0.1), try b.fit.predictor(ridge: 0.1)) { #expect(abs(x - y) < 1e-9) }
  }
}
