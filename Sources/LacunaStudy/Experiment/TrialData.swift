import LacunaAlgebra
import MaskedRegression

/// The data of one trial on a device and what follows from them: samples, Gram, resolvents, predictors, eigenvalues and errors.
///
/// Everything is made when it is first asked for, and once: all measures of a trial share it. Storage is allocated once and
/// serves every trial of a problem. With n ≥ d, or under masks, the samples are never whole in memory; under leave-one-out masks
/// with n < d they are, the errors come from their n × n Gram, and no d × d matrix is formed unless a measure asks.
///
/// A trial is a function of its number alone. One thread at a time.
public final class TrialData<Device: Backend> {
  public let device: Device
  public let problem: Experiment.Problem
  private let sampled: any SampledCovariance<Device>
  /// The number of the trial, from 0.
  public private(set) var trial = 0

  private let storage: TrialStorage<Device>
  private let route: ErrorRoute?
  private let parts: TrialNeeds.Parts

  // Of this trial.
  private var gramTrial: Int?
  private var held: Held?
  private var errors: [CoordinateErrors?] = []
  private var made: [String: Any] = [:]
  private var weights: [[Double]?] = []
  private var masked: (trial: Int, regression: SchemeRegression<Device>)?
  private var fit: (ridge: Int, predictor: SchemePredictor<Device>)?

  /// What the storage of the resolvent holds.
  private struct Held {
    var ridge: Int
    var matrix: Device.Matrix
    var diagonal: [Double]
    var isSymmetrizedPredictor: Bool
  }

  /// - Parameter route: to the errors of leave-one-out masks; nil under other masks.
  /// - Precondition: the route is one that n, d and Σ have.
  init(device: Device, problem: Experiment.Problem, route: ErrorRoute?, parts: TrialNeeds.Parts) throws {
    self.device = device
    self.problem = problem
    self.route = route
    self.parts = parts
    sampled = try problem.model.realize(on: device)
    storage = try TrialStorage(device: device, problem: problem, covariance: sampled, route: route, parts: parts)
    guard problem.configuration.weights != .uniform else { return }
    try storage.weigh(device: device, problem: problem, covariance: sampled) { [unowned self] body in
      try samples(ofTrial: trial, body)
    }
  }

  /// Σ on the device.
  public var covariance: any CovarianceOperator<Device> { sampled }

  /// Turns to a trial; what was made of the last one is gone.
  func begin(_ trial: Int) {
    self.trial = trial
    gramTrial = nil
    held = nil
    errors = problem.ridges.map { _ in nil }
    made = [:]
    masked = nil
    fit = nil
    storage.samplesTrial = nil
    weights = problem.ridges.map { _ in nil }
  }

  /// What is made once a trial and kept until the next, by a name of the measure's own.
  public func once<Value>(_ name: String, make: () throws -> Value) throws -> Value {
    if let known = made[name] as? Value { return known }
    let value = try make()
    made[name] = value
    return value
  }

  /// A d × d matrix to destroy, where the measure needs a workspace.
  public var workspace: Device.Matrix { storage.required(storage.workspace) }

  /// Another before the ridges: that of the resolvents.
  public func scratch() -> Device.Matrix {
    held = nil
    return storage.required(storage.resolvent)
  }

  // MARK: Gram and resolvents

  /// S = XᵀX/n, lower triangle; to be kept.
  public func gram() throws -> Device.Matrix { try gram(ofTrial: trial) }

  /// S of another trial of the problem takes its place.
  private func gram(ofTrial other: Int) throws -> Device.Matrix {
    let gram = storage.required(storage.regression).gram
    if gramTrial == other { return gram }
    gramTrial = nil
    try device.clear(gram)
    if let dual = storage.dual, other == trial {
      try drawSamples(dual)
      try device.accumulateGram(of: dual.regression.samples, scale: 1 / Device.Element(problem.sampleCount), into: gram)
    } else {
      try samples(ofTrial: other) { rows, _ in
        try device.accumulateGram(of: rows, scale: 1 / Device.Element(problem.sampleCount), into: gram)
      }
    }
    gramTrial = other
    return gram
  }

  /// Q = (S + λI)⁻¹, with weights (S + λ diag(w))⁻¹, or Q̃ of `RandomMaskRegression` under Bernoulli masks, full, and its diagonal;
  /// to be kept, until the next ridge or until the predictor takes its place.
  public func resolvent(ridge r: Int) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    if let held, held.ridge == r, !held.isSymmetrizedPredictor { return (held.matrix, held.diagonal) }
    held = nil
    _ = try gram()
    let found =
      if let moments = problem.configuration.mask.scheme.resolventForm?.moments {
        try storage.required(storage.closedForm).resolvent(moments, ridge: problem.ridges[r])
      } else if problem.configuration.weights != .uniform {
        try storage.required(storage.regression).resolvent(
          ridge: problem.ridges[r], weights: weights(ridge: r), scratch: storage.required(storage.resolvent))
      } else {
        try storage.required(storage.regression).resolvent(ridge: problem.ridges[r], scratch: storage.resolvent)
      }
    held = Held(ridge: r, matrix: found.matrix, diagonal: found.diagonal, isSymmetrizedPredictor: false)
    return found
  }

  /// B = D_Q^(−½) Â D_Q^(½) = a(I − D_Q^(−½) Q D_Q^(−½)), which is symmetric and has the eigenvalues of Â, and diag Q; a = 1, and
  /// 1/p under Bernoulli masks. To be kept; it takes the place of Q.
  public func symmetrizedPredictor(ridge r: Int) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    if let held, held.ridge == r, held.isSymmetrizedPredictor { return (held.matrix, held.diagonal) }
    let (q, diagonal) = try resolvent(ridge: r)
    let gain = problem.configuration.mask.scheme.resolventForm?.gain ?? 1
    let roots = diagonal.map { 1 / $0.squareRoot() }
    try device.scale(
      q, rows: device.makeVector(Device.Element.nearest(roots)),
      columns: device.makeVector(Device.Element.nearest(roots.map { -gain * $0 })))
    try device.addDiagonal(Device.Element(gain), to: q)
    held = Held(ridge: r, matrix: q, diagonal: diagonal, isSymmetrizedPredictor: true)
    return (q, diagonal)
  }

  /// All eigenvalues of Â, ascending; destroys the workspace.
  public func eigenvalues(ridge r: Int) throws -> [Double] {
    try once("eigenvalues \(r)") {
      try device.copy(symmetrizedPredictor(ridge: r).matrix, to: workspace)
      return try device.eigenvalues(of: workspace)
    }
  }

  /// All eigenvalues of S, ascending; destroys the workspace.
  public func gramEigenvalues() throws -> [Double] {
    try once("eigenvalues of the Gram") {
      try device.copy(gram(), to: workspace)
      return try device.eigenvalues(of: workspace)
    }
  }

  // MARK: Errors

  /// The errors of every coordinate at a ridge, by the route of this problem.
  public func errors(ridge r: Int) throws -> CoordinateErrors {
    if let known = errors[r] { return known }
    let ridges = problem.ridges
    if problem.configuration.weights != .uniform {
      let regression = storage.required(storage.weighted)
      let w = try weights(ridge: r)
      if !parts.isEmpty { held = nil }
      errors[r] = try regression.errors(ridge: ridges[r], weights: w)
    } else if let dual = storage.dual {
      try drawSamples(dual)
      errors = try dual.errors(ridges: ridges)
    } else if let route, route.reducesGram {
      let kept = try gram()
      let gram = parts.isEmpty ? kept : scratch()
      if parts.isEmpty { gramTrial = nil } else { try device.copy(kept, to: gram) }
      errors = try ReducedRegression(
        device: device, gram: gram, sampleCount: problem.sampleCount,
        form: route == .tridiagonal ? .tridiagonal : route == .band ? .band : .diagonal
      ).errors(ridges: ridges, covariance: covariance.isotropicSpikes)
    } else if route == nil {
      errors[r] = try maskedErrors(ridge: r)
    } else if parts.contains(.resolvent) {
      let (q, diagonal) = try resolvent(ridge: r)
      errors[r] = try storage.required(storage.regression).errors(
        ridge: ridges[r], resolvent: q, diagonal: diagonal, covariance: covariance, keepingIn: storage.workspace)
    } else {
      _ = try gram()
      // Without another matrix the Gram gives way to its inverse.
      if storage.resolvent == nil { gramTrial = nil }
      held = nil
      errors[r] = try storage.required(storage.regression).errors(
        ridge: ridges[r], covariance: covariance, scratch: storage.resolvent)
    }
    guard let found = errors[r] else { preconditionFailure("every route has errors at every ridge") }
    return found
  }

  /// w of the penalty at a ridge: given, of this trial's columns, or learned from them.
  public func weights(ridge r: Int) throws -> [Double] {
    if let known = weights[r] { return known }
    let regression = storage.required(storage.weighted)
    if weights.allSatisfy({ $0 == nil }) {
      if problem.sampleCount >= problem.coordinateCount { _ = try gram() }
      try regression.begin { x in
        try sampled.sample(
          into: x, law: problem.configuration.data.law, stream: problem.stream(ofTrial: trial), firstSample: 0)
      }
    }
    let found: [Double]
    switch problem.configuration.weights {
    case .variance: found = try regression.variances()
    case .selfWeighted:
      held = nil
      let guess = problem.frames[r].frame.map { frame in
        frame.squares ?? problem.model.population.variances.map { _ in frame.ridge / problem.ridges[r] }
      }
      found = try regression.learn(ridge: problem.ridges[r], guess: problem.ridges[r] > 0 ? guess : nil).weights
    default: found = problem.weights ?? problem.model.population.variances.map { _ in 1 }
    }
    weights[r] = found
    return found
  }

  private func maskedErrors(ridge r: Int) throws -> CoordinateErrors {
    let fit = try predictor(ridge: r)
    let regression = try maskedRegression(ofTrial: trial)
    var errors = CoordinateErrors(
      training: fit.training, generalization: try regression.errors(of: fit.matrix, covariance: covariance))
    errors.isPredicted = regression.isPredicted
    errors.fullContext = try regression.fullContextErrors(of: fit.matrix, covariance: covariance)
    return errors
  }

  // MARK: Predictors under masks

  /// The joint predictor under masks other than leave-one-out, valid until the next ridge.
  public func predictor(ridge r: Int) throws -> SchemePredictor<Device> {
    if let fit, fit.ridge == r { return fit.predictor }
    let found = try maskedRegression(ofTrial: trial).fit(ridge: problem.ridges[r])
    fit = (r, found)
    return found
  }

  /// The predictors of another trial of the same problem at every ridge, drawn for the purpose.
  public func predictors(ofTrial other: Int) throws -> [Device.Matrix] {
    let regression = try maskedRegression(ofTrial: other)
    defer { masked = nil }
    fit = nil
    return try problem.ridges.map { ridge in
      let predictor = try regression.fit(ridge: ridge).matrix
      let copy = try device.makeMatrix(rows: predictor.rows, columns: predictor.columns)
      try device.copy(predictor, to: copy)
      return copy
    }
  }

  /// Masks that are drawn come from the stream of masks of the same number as the samples' one.
  private func maskedRegression(ofTrial other: Int) throws -> SchemeRegression<Device> {
    if let masked, masked.trial == other { return masked.regression }
    masked = nil
    let stream = RandomStream(
      seed: problem.configuration.seed, purpose: .masks, index: problem.streamIndex(ofTrial: other))
    guard let draw = problem.drawMasks else { preconditionFailure("leave-one-out masks have routes of their own") }
    let regression = try SchemeRegression(
      device: device, scheme: draw(stream), sampleCount: problem.sampleCount, coordinateCount: problem.coordinateCount,
      gram: { [unowned self] in try gram(ofTrial: other) },
      samples: { [unowned self] body in try samples(ofTrial: other, body) })
    masked = (other, regression)
    return regression
  }

  // MARK: Samples

  private func drawSamples(_ dual: DualErrors<Device>) throws {
    guard storage.samplesTrial != trial else { return }
    try sampled.sample(
      into: dual.regression.samples, law: problem.configuration.data.law, stream: problem.stream(ofTrial: trial),
      firstSample: 0)
    storage.samplesTrial = trial
  }

  /// Draws the samples of a trial, block by block, each with its first sample.
  private func samples(ofTrial other: Int, _ body: (Device.Matrix, Int) throws -> Void) throws {
    let block = storage.required(storage.block)
    var first = 0
    while first < problem.sampleCount {
      try Interruption.check()
      let rows = block.firstRows(min(block.rows, problem.sampleCount - first))
      try sampled.sample(
        into: rows, law: problem.configuration.data.law, stream: problem.stream(ofTrial: other), firstSample: first)
      try body(rows, first)
      first += rows.rows
    }
  }
}
