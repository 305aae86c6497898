/// Work that a device repeats to be timed: its operands are made once, and put back before each run.
public struct TimedWork {
  /// Operations of one run.
  public let operations: Double
  /// Puts the operands back and waits for the device; no part of the time.
  public let reset: () throws(BackendError) -> Void
  /// Runs once and waits for the device.
  public let run: () throws(BackendError) -> Void
  /// What came of the last run, to compare devices by: O(d) numbers that every entry takes part in, or all of them.
  public let result: () throws(BackendError) -> [Double]

  public init(
    operations: Double, reset: @escaping () throws(BackendError) -> Void = {},
    run: @escaping () throws(BackendError) -> Void, result: @escaping () throws(BackendError) -> [Double]
  ) {
    self.operations = operations
    self.reset = reset
    self.run = run
    self.result = result
  }
}

extension Backend {
  /// Waits until the device has done what was queued: brings one number of a matrix to the host.
  public func wait(for matrix: Matrix) throws(BackendError) {
    _ = try download(matrix.firstRows(1).reshaped(rows: 1, columns: 1))
  }

  /// a ← S + I/10, d × d, S the Gram of 2d Gaussian samples: what decompositions are timed on.
  package func makeWellConditioned(_ a: Matrix) throws(BackendError) {
    let samples = try makeMatrix(rows: 2 * a.rows, columns: a.rows)
    try fill(samples, law: .gaussian, stream: RandomStream(seed: 1, purpose: .probes, index: 0), offset: 0)
    try clear(a)
    try accumulateGram(of: samples, scale: 1 / Element(2 * a.rows), into: a)
    try addDiagonal(0.1, to: a)
    try symmetrize(a)
  }
}

extension DeviceRates.Work {
  /// The work on a device, ready to be timed.
  ///
  /// Products are of Gaussian matrices; inverses and decompositions of S + I/10, S the Gram of 2d Gaussian samples.
  public func prepare<Device: Backend>(on device: Device, order d: Int) throws(BackendError) -> TimedWork {
    let stream = RandomStream(seed: 1, purpose: .probes, index: 0)
    let operations = operations(order: Double(d))
    let source = try device.makeMatrix(rows: d, columns: d)
    let target = try device.makeMatrix(rows: d, columns: d)
    func restore() throws(BackendError) {
      try device.copy(source, to: target)
      try device.wait(for: target)
    }
    func all() throws(BackendError) -> [Double] { try device.doubles(target) }
    /// Squared norms of the rows.
    func rowNorms() throws(BackendError) -> [Double] {
      let out = try device.makeVector(d)
      try device.rowDots(target, target, weights: nil, into: out)
      return try device.doubles(out)
    }

    switch self {
    case .multiply, .fill, .forms, .bandForms: try device.fill(source, law: .gaussian, stream: stream, offset: 0)
    case .invert, .tridiagonalize, .reduceToBand, .eigendecompose: try device.makeWellConditioned(source)
    }
    switch self {
    case .multiply:
      return TimedWork(
        operations: operations,
        run: { () throws(BackendError) in
          try device.multiply(source, transposeA: false, source, transposeB: true, alpha: 1, beta: 0, into: target)
          try device.wait(for: target)
        }, result: rowNorms)
    case .fill:
      return TimedWork(
        operations: operations,
        run: { () throws(BackendError) in
          try device.fill(target, law: .gaussian, stream: stream, offset: 0)
          try device.wait(for: target)
        }, result: all)
    case .invert:
      return TimedWork(
        operations: operations, reset: restore,
        run: { () throws(BackendError) in
          _ = try device.invertPositiveDefinite(target)
          try device.wait(for: target)
        },
        result: { () throws(BackendError) in
          try device.symmetrize(target)
          return try rowNorms()
        })
    case .tridiagonalize, .reduceToBand, .eigendecompose:
      var values: [Double] = []
      return TimedWork(
        operations: operations, reset: restore,
        run: { () throws(BackendError) in
          switch self {
          case .eigendecompose: values = try device.eigendecompose(target)
          case .reduceToBand:
            let band = try device.reduceToBand(target)
            values = (0..<d).map { band[$0, $0] }
          default: values = try device.tridiagonalize(target).diagonal
          }
          try device.wait(for: target)
        }, result: { () throws(BackendError) in values })
    case .forms, .bandForms:
      let width = self == .forms ? 1 : device.bandWidth
      let band = SymmetricBand(order: d, width: width) { i, j in i == j ? Double(1 + 2 * width) : 1 }
      let shifts = [Double](repeating: 1, count: 8)
      let forms = try device.makeMatrix(rows: 2 * shifts.count, columns: d)
      var values: [Device.Element] = []
      return TimedWork(
        operations: Double(shifts.count) * operations,
        run: { () throws(BackendError) in
          try device.resolventForms(of: source, band: band, shifts: shifts, probes: [], into: forms)
          values = try device.download(forms)
        }, result: { () throws(BackendError) in Device.Element.doubles(values) })
    }
  }
}
