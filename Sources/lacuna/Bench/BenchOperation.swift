import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaStudy

/// What `lacuna bench` times, each at one size d.
enum BenchOperation: String, CaseIterable, ExpressibleByArgument {
  /// Fill a d × d matrix with Gaussian values.
  case normal
  /// Copy a d × d matrix: what the memory gives.
  case copy
  /// d × d times d × d, the second transposed: what the arithmetic gives.
  case multiply
  /// One triangle of the Gram of 2d samples.
  case gram
  /// The same of masked samples, each cell kept with probability 1/2.
  case maskedGram = "masked_gram"
  /// Inverse of a positive definite matrix through its Cholesky factor.
  case inverse
  case eigenvalues
  case eigenvectors
  /// A whole trial: 2d samples of d coordinates, one ridge, both errors.
  case trial

  /// The work that devices are rated by which this is.
  private var work: DeviceRates.Work? {
    switch self {
    case .normal: .fill
    case .multiply: .multiply
    case .inverse: .invert
    case .eigenvectors: .eigendecompose
    case .copy, .gram, .maskedGram, .eigenvalues, .trial: nil
    }
  }

  /// Nominal floating-point operations; nil where they say nothing.
  func operations(size: Int, precision: Precision) -> Double? {
    let d = Double(size)
    return switch self {
    case .normal, .copy: nil
    case .multiply, .inverse, .eigenvectors: work?.operations(order: d)
    case .gram, .maskedGram: DeviceRates.Work.multiply.operations(order: d)
    case .eigenvalues: 4 / 3 * d * d * d
    case .trial:
      TrialForecast(sampleCount: 2 * size, coordinateCount: size, ridgeCount: 1, precision: precision).operations
    }
  }

  /// Bytes that must move at least once: what goes in and what comes out.
  func traffic(size: Int, precision: Precision) -> Double? {
    let matrix = Double(size) * Double(size) * Double(precision.byteCount)
    return switch self {
    case .normal: matrix
    case .multiply, .gram, .maskedGram: 3 * matrix
    case .copy, .inverse, .eigenvectors: 2 * matrix
    case .eigenvalues: matrix
    case .trial: nil
    }
  }

  /// Device storage that the operation holds.
  func memory(size: Int, precision: Precision) -> Int {
    let matrix = size * size * precision.byteCount
    return switch self {
    case .normal: matrix
    case .multiply, .gram, .maskedGram: 3 * matrix
    case .copy, .inverse, .eigenvalues: 2 * matrix
    case .eigenvectors: 4 * matrix
    case .trial:
      TrialForecast(sampleCount: 2 * size, coordinateCount: size, ridgeCount: 1, precision: precision).bytes
    }
  }
}

/// An operation ready to run again and again on one device.
struct PreparedOperation {
  /// Puts the operands back; no part of the time.
  var reset: () throws -> Void = {}
  /// Runs once and waits for the device.
  var run: () throws -> Void
  /// What came out of the last run, to compare between devices: O(d) or O(d²) numbers.
  var result: () throws -> [Double]
}

extension BenchOperation {
  private static let stream = RandomStream(seed: 1, purpose: .probes, index: 1)

  func prepare<Device: Backend>(on device: Device, size d: Int) throws -> PreparedOperation {
    if let work {
      let timed = try work.prepare(on: device, order: d)
      return PreparedOperation(reset: timed.reset, run: timed.run, result: timed.result)
    }
    func gaussian(rows: Int) throws -> Device.Matrix {
      let x = try device.makeMatrix(rows: rows, columns: d)
      try device.fill(x, law: .gaussian, stream: Self.stream, offset: 0)
      return x
    }
    /// Squared norms of the rows: d numbers that every entry takes part in; waits for the device.
    func rowNorms(_ matrix: Device.Matrix) throws -> [Double] {
      let out = try device.makeVector(matrix.rows)
      try device.rowDots(matrix, matrix, weights: nil, into: out)
      return try device.download(out).map(Double.init)
    }

    switch self {
    case .normal, .multiply, .inverse, .eigenvectors:
      preconditionFailure("prepared above, as the work it is")
    case .copy:
      let a = try gaussian(rows: d)
      let c = try device.makeMatrix(rows: d, columns: d)
      return PreparedOperation(
        run: {
          try device.copy(a, to: c)
          try device.wait(for: c)
        }, result: { try rowNorms(c) })
    case .gram, .maskedGram:
      let masks = MaskPattern.bernoulli(keep: 0.5, count: 1, stream: Self.stream)
      let x = try gaussian(rows: 2 * d)
      let s = try device.makeMatrix(rows: d, columns: d)
      let scale = 1 / Device.Element(2 * d)
      return PreparedOperation(
        reset: {
          try device.clear(s)
          try device.wait(for: s)
        },
        run: {
          if self == .gram {
            try device.accumulateGram(of: x, scale: scale, into: s)
          } else {
            try device.accumulateMaskedGram(of: x, masks: masks, firstSample: 0, scale: scale, into: s)
          }
          try device.wait(for: s)
        },
        result: {
          try device.symmetrize(s)
          return try rowNorms(s)
        })
    case .eigenvalues:
      let source = try device.makeMatrix(rows: d, columns: d)
      try device.makeWellConditioned(source)
      let work = try device.makeMatrix(rows: d, columns: d)
      var values: [Double] = []
      return PreparedOperation(
        reset: {
          try device.copy(source, to: work)
          try device.wait(for: work)
        }, run: { values = try device.eigenvalues(of: work) }, result: { values })
    case .trial:
      let experiment = Experiment([
        ExperimentPoint(
          configuration: ExperimentConfiguration(
            name: "bench", trials: 1, data: DataConfiguration(model: .isotropic, coordinates: d, samples: [2 * d]),
            ridges: .list([0.1])))
      ])
      let trial = try experiment.preparedTrial(on: device, host: DeviceRegistry.ofThisMachine.host.reference())
      var errors: [Double] = []
      return PreparedOperation(run: { errors = try trial() }, result: { errors })
    }
  }
}
