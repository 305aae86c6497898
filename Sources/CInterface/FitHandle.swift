import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaFits
import LacunaHost
import LacunaStudy
import MaskedRegression
import Synchronization

/// A fit of any device, behind an opaque pointer.
///
/// Calls wait for each other: what a fit knows of its ridges is kept as it is asked for.
class FitHandle: @unchecked Sendable {
  private let lock = Mutex(())

  fileprivate func exclusively<Value>(_ work: () throws -> Value) rethrows -> Value {
    try lock.withLock { _ in try work() }
  }

  var summary: FitSummary { get throws { throw ArgumentError("no fit") } }
  var learning: LearningReport { get throws { throw ArgumentError("no fit") } }
  func spectrum(permutations: Int) throws -> SpectrumReport { throw ArgumentError("no fit") }
  var verdict: FitSummary.Verdict { get throws { throw ArgumentError("no fit") } }
  func vector(_ which: Int32) throws -> [Double] { throw ArgumentError("no fit") }
  /// All vectors in their order, nil where there is none.
  var vectors: [[Double]?] { get throws { [] } }
  var ridge: Double { 0 }
  var warningCount: Int { 0 }
  var shape: (rows: Int, columns: Int) { (0, 0) }
  func predictor(into buffer: inout OutputBuffer) throws {}
  /// The predictor where it is in this process's memory, and whose death frees it.
  func takePredictor() throws -> (values: UnsafeMutableRawPointer, owner: AnyObject)? { nil }
  func factors(into buffer: inout OutputBuffer) throws -> [Double] { throw ArgumentError("no fit") }
  func residuals(into buffer: inout OutputBuffer) throws {}
  func filled(into buffer: inout OutputBuffer) throws {}

  /// Fits as the options say; where `auto` took a device that fails, on the host.
  static func make(
    _ data: FitData, options: FitOptions, report: @escaping (Int, Int) throws -> Void
  ) throws -> FitHandle {
    let registry = DeviceRegistry.ofThisProcess
    guard let choice = DeviceChoice(options.computing.device) else {
      throw ArgumentError("device: \(options.computing.device) is none; write \(DeviceChoice.syntax)")
    }
    let d = data.coordinateCount
    let mask: any FitMask =
      if options.hasRoles {
        RoleFitMask(
          try CoordinateRoles(targets: options.targets, covariates: options.covariates, coordinateCount: d))
      } else {
        try options.mask.fitMask(coordinateCount: d, seed: options.seed, key: "mask")
      }
    var request = FitRequest(
      mask: mask, maskName: options.mask.argument, ridge: options.ridge, weights: options.weights,
      centered: options.intercept, seed: options.seed, groups: data.groups)
    request.sparesMemory = true
    func fit<Device: Backend>(_ device: Device, memory: Int) throws -> FitHandle {
      request.memory = FitMemory(host: HostMemory.recentlyAvailable, device: memory)
      switch data {
      case .dense(let samples, _):
        do throws(FitError) {
          return FitOn(
            try request.fit(
              try samples.rows(borrowed: options.borrow), names: options.names, on: device, report: report))
        } catch {
          // What no fit takes has its own words here.
          if case .data = error { try samples.requireFinite(allowMissing: options.mask.allowsMissingCells) }
          throw error
        }
      case .sparse(let samples):
        return FitOn(try request.fit(samples, names: options.names, on: device, report: report))
      }
    }
    let selection = try registry.select(
      choice, precision: options.computing.precision, threads: options.computing.threads)
    do {
      return try fit(selection.backend, memory: selection.memory)
    } catch let error as FitError {
      guard let failure = error.backend, failure.isDeviceFailure, let retreat = selection.retreat(after: failure)
      else { throw error }
      return try fit(retreat.backend, memory: retreat.memory)
    }
  }
}

/// A fit on one kind of device.
private final class FitOn<Device: Backend>: FitHandle, @unchecked Sendable {
  private let result: FitResult<Device>
  override var ridge: Double { result.best.ridge }

  init(_ result: FitResult<Device>) { self.result = result }

  override var shape: (rows: Int, columns: Int) { (result.sampleCount, result.coordinateCount) }

  override var summary: FitSummary {
    get throws { try exclusively { try FitSummary(result, version: lacunaVersion) } }
  }

  override var learning: LearningReport {
    get throws {
      let found = try exclusively { try result.learningCurve() }
      return LearningReport(learning: FitSummary.Learning(found), warnings: found.warnings)
    }
  }

  override func spectrum(permutations: Int) throws -> SpectrumReport {
    SpectrumReport(try exclusively { try result.spectrum(permutations: permutations) })
  }

  override var verdict: FitSummary.Verdict {
    get throws { FitSummary.Verdict(try exclusively { try result.verdict() }) }
  }

  override func vector(_ which: Int32) throws -> [Double] {
    let all = try vectors
    guard all.indices.contains(Int(which)) else { throw ArgumentError("vector \(which); there are 0 to 5") }
    guard let found = all[Int(which)] else {
      throw ArgumentError("the mask \(result.request.maskName) has no such numbers")
    }
    return found
  }

  override var vectors: [[Double]?] {
    get throws {
      let (fit, best) = (result.fit, result.best)
      return [
        fit.means, fit.variances, try exclusively { try fit.penalty(ridge: ridge) }, best.training, best.heldOut,
        best.gcv,
      ]
    }
  }

  override var warningCount: Int { result.warnings.count }

  override func predictor(into buffer: inout OutputBuffer) throws {
    try exclusively { try result.fit.predictor(ridge: ridge) { try buffer.append($0) } }
  }

  override func takePredictor() throws -> (values: UnsafeMutableRawPointer, owner: AnyObject)? {
    try exclusively { try taken(Double.self) ?? taken(Float.self) }
  }

  private func taken<Element: HostScalar>(
    _: Element.Type
  ) throws -> (values: UnsafeMutableRawPointer, owner: AnyObject)? {
    guard let fit = result.fit as? DataFit<HostBackend<Element>>, let matrix = try fit.takePredictor(ridge: ridge)
    else { return nil }
    return (UnsafeMutableRawPointer(matrix.pointer), matrix)
  }

  override func factors(into buffer: inout OutputBuffer) throws -> [Double] {
    guard let scales = try exclusively({ try result.fit.factors(ridge: ridge) { try buffer.append($0) } }) else {
      throw ArgumentError("the predictor has no factors: there are as many samples as coordinates, or other masks")
    }
    return scales.map { Double($0) }
  }

  override func residuals(into buffer: inout OutputBuffer) throws {
    guard try exclusively({ try result.fit.residuals(ridge: ridge) { try buffer.append($0) } }) else {
      throw ArgumentError("the mask \(result.request.maskName) has no exact residuals")
    }
  }

  override func filled(into buffer: inout OutputBuffer) throws {
    guard let filled = try exclusively({ try result.fit.filled(ridge: ridge) }) else {
      throw ArgumentError("cells are filled under the mask observed alone")
    }
    try buffer.append(filled)
  }
}

/// What a fit says of other numbers of rows, with the keys of `fit.json`, and what is doubtful about it.
struct LearningReport: Encodable {
  var learning: FitSummary.Learning
  var warnings: [String]

  private enum CodingKeys: CodingKey { case warnings }

  func encode(to encoder: any Encoder) throws {
    try learning.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(warnings, forKey: .warnings)
  }
}

extension DeviceRegistry {
  /// The devices, for all calls of this process.
  static let ofThisProcess = DeviceRegistry(cache: .user { _ in })
}
