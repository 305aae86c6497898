import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import MaskedRegression
import Testing

/// Thousands of small fits that lose digits, on every backend, against refits without each sample in long arithmetic: every
/// number is right, or refused, or doubted by name; and what is well conditioned is hardly ever refused or doubted.
///
/// `LACUNA_DRAWS` and `LACUNA_DRAW_SEED` run more of them, and others.
@Suite struct HardFitTests {
  private struct Tally {
    var draws = 0
    var wellConditioned = 0
    /// Of the well conditioned.
    var refusedOrDoubted = 0
  }

  private let seed = UInt64(environment("LACUNA_DRAW_SEED", default: 1))

  /// - Parameter tolerance: relative, of every error and of every row of the predictor in units of its columns' sizes.
  /// - Parameter sparse: whether the samples are given by their entries that are not 0.
  private func check<Device: Backend>(
    _ device: Device, count: Int, decades: Double, tolerance: Double, sparse: Bool = false
  ) throws {
    var tally = Tally()
    for number in 0..<count {
      let draw = HardDraw(seed: seed, number: number, decades: decades)
      let refits = Refits(draw.reference, ridge: draw.ridge, centered: draw.centered)
      let loss = Double(Device.Element.ulpOfOne) * draw.conditionNumber / refits.leastComplement
      let isWellConditioned = loss < (Device.Element.precision == .float64 ? 1e-10 : 1e-4)
      tally.draws += 1
      if isWellConditioned { tally.wellConditioned += 1 }
      do {
        let fit: any RidgeFit<Device> =
          sparse
          ? try SparseFit(device: device, samples: entries(draw), centered: draw.centered)
          : try DataFit(
            device: device, values: draw.values, sampleCount: draw.sampleCount, centered: draw.centered)
        let errors = try fit.errors(ridge: draw.ridge)
        let isDoubted = errors.doubts.contains { if case .lostDigits = $0 { true } else { false } }
        if isWellConditioned && !errors.doubts.isEmpty { tally.refusedOrDoubted += 1 }
        if isDoubted { continue }
        compare("training", errors.training!, refits.training, draw, number, tolerance)
        compare("leave-one-out", errors.heldOut, refits.leaveOneOut, draw, number, tolerance)
        compare("gcv", errors.gcv!, refits.gcv, draw, number, tolerance)
        compare(try fit.predictor(ridge: draw.ridge), refits.predictor, draw, number, tolerance)
      } catch is RegressionError {
        if isWellConditioned { tally.refusedOrDoubted += 1 }
      }
    }
    #expect(tally.refusedOrDoubted * 20 <= tally.wellConditioned)
    #expect(tally.wellConditioned * 4 > tally.draws, "too few draws that are well conditioned to tell")
  }

  private func compare(
    _ name: String, _ values: [Double], _ expected: [Double], _ draw: HardDraw, _ number: Int, _ tolerance: Double
  ) {
    for k in 0..<draw.coordinateCount {
      // Below all digits of the column an error is 0 in the limit.
      let size = draw.rows.map { abs($0[k]) }.filter { $0 > 0 }.min() ?? 0
      let floor = max(1e-300, draw.ridge == 0 ? size * size * 1e-70 : 0)
      #expect(
        abs(values[k] - expected[k]) <= tolerance * abs(expected[k]) + floor,
        "draw \(number), \(name) \(k): \(values[k]) for \(expected[k]); \(draw)")
    }
  }

  private func compare<Element: Scalar>(
    _ predictor: [Element], _ expected: [[Double]], _ draw: HardDraw, _ number: Int, _ tolerance: Double
  ) {
    let d = draw.coordinateCount
    let sizes = (0..<d).map { j in draw.rows.map { abs($0[j]) }.max()! }
    // Numbers below the precision's least are 0.
    let least = 2 * Double(Element.leastNonzeroMagnitude)
    for k in 0..<d {
      let row = (0..<d).reduce(0) { $0 + abs(expected[k][$1]) * sizes[$1] }
      for j in 0..<d {
        let difference = abs(Double(predictor[k * d + j]) - expected[k][j]) * sizes[j]
        #expect(
          difference <= tolerance * row + max(1e-290, least * sizes[j]), "draw \(number), predictor \(k), \(j): \(draw)"
        )
      }
    }
  }

  @Test func onTheHostInDouble() throws {
    try check(
      HostBackend<Double>(threads: 1), count: environment("LACUNA_DRAWS", default: 1500), decades: 150, tolerance: 1e-6)
  }

  @Test func onTheHostInSingle() throws {
    try check(
      HostBackend<Float>(threads: 1), count: environment("LACUNA_DRAWS", default: 1500), decades: 15, tolerance: 1e-3)
  }

  /// The samples by their entries that are not 0.
  private func entries(_ draw: HardDraw) throws -> SparseSamples {
    var (starts, columns, values): ([Int], [Int32], [Double]) = ([0], [], [])
    for row in draw.rows {
      for (j, value) in row.enumerated() where value != 0 {
        columns.append(Int32(j))
        values.append(value)
      }
      starts.append(values.count)
    }
    return try SparseSamples(
      coordinateCount: draw.coordinateCount, rowStarts: starts, columnIndices: columns, values: values)
  }

  @Test func ofSparseSamples() throws {
    let count = environment("LACUNA_DRAWS", default: 300)
    try check(HostBackend<Double>(threads: 1), count: count, decades: 150, tolerance: 1e-6, sparse: true)
    try check(HostBackend<Float>(threads: 1), count: count, decades: 15, tolerance: 1e-3, sparse: true)
  }

  /// Every device in either precision, fewer draws: a kernel costs more than a fit here.
  @Test(.enabled(if: OpenCLDevice.all().contains(where: \.isUsable), "no usable OpenCL device"))
  func onOpenCL() throws {
    let count = environment("LACUNA_DEVICE_DRAWS", default: 40)
    for device in OpenCLDevice.all() where device.isUsable {
      try check(try OpenCLBackend<Float>(device: device), count: count, decades: 15, tolerance: 1e-3)
      if device.hasFloat64 {
        try check(try OpenCLBackend<Double>(device: device), count: count, decades: 150, tolerance: 1e-6)
      }
    }
  }
}
