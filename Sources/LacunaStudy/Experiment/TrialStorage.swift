import LacunaAlgebra
import MaskedRegression

/// The matrices of one problem's trials, allocated once, and what they take.
final class TrialStorage<Device: Backend> {
  /// S and the regression on it.
  let regression: PrimalRegression<Device>?
  /// For resolvents: Q, or beside a Gram that is kept what is reduced of it.
  let resolvent: Device.Matrix?
  /// For whoever has the trial.
  let workspace: Device.Matrix?
  /// A block of samples.
  let block: Device.Matrix?
  /// With weights of the penalty that differ, errors and what is learned.
  private(set) var weighted: WeightedRegression<Device>?
  /// With n < d under leave-one-out masks: all samples, and errors from them.
  let dual: DualErrors<Device>?
  /// Whose samples those are.
  var samplesTrial: Int?
  /// Under Bernoulli masks, where a resolvent is asked for.
  let closedForm: RandomMaskRegression<Device>?

  init(
    device: Device, problem: Experiment.Problem, covariance: any SampledCovariance<Device>, route: ErrorRoute?,
    parts: TrialNeeds.Parts
  ) throws {
    let (n, d) = (problem.sampleCount, problem.coordinateCount)
    let has = TrialMatrices(problem.shape, route: route, parts: parts)
    func square(_ isNeeded: Bool) throws -> Device.Matrix? {
      isNeeded ? try device.makeMatrix(rows: d, columns: d) : nil
    }
    regression = try square(has.gram).map { try PrimalRegression(device: device, gram: $0, sampleCount: n) }
    resolvent = try square(has.resolvent)
    workspace = try square(has.workspace)
    block =
      has.samples && has.block == false
      ? nil : try device.makeMatrix(rows: min(n, device.rowBlock(columns: d)), columns: d)
    dual =
      has.samples && problem.configuration.weights == .uniform
      ? try DualErrors(
        regression: DualRegression(device: device, samples: device.makeMatrix(rows: n, columns: d)),
        covariance: covariance,
        form: route == .sampleTridiagonal ? .tridiagonal : route == .sampleBand ? .band : .inverses) : nil
    closedForm = try has.closedForm ? regression.map { try RandomMaskRegression(device: device, gram: $0.gram) } : nil
  }

  /// Makes what weights of the penalty take.
  /// - Parameter samples: passes over the samples of the trial.
  func weigh(
    device: Device, problem: Experiment.Problem, covariance: any SampledCovariance<Device>,
    samples: @escaping SampleSource<Device>
  ) throws {
    weighted =
      if problem.sampleCount < problem.coordinateCount {
        try WeightedRegression(device: device, sampleCount: problem.sampleCount, covariance: covariance)
      } else {
        WeightedRegression(
          regression: required(regression), resolvent: required(resolvent), samples: samples, covariance: covariance)
      }
  }

  /// A part that this trial was made with.
  func required<Part>(_ part: Part?) -> Part {
    guard let part else { preconditionFailure("a measure asked its trial for more than it said it needs") }
    return part
  }
}

/// Which matrices a trial has, by its shape, its route and what the measures ask for.
struct TrialMatrices {
  /// All samples, n × d, in place of a block of them.
  let samples: Bool
  /// A block of samples beside them, where the Gram is made of samples that are not divided by weights.
  let block: Bool
  /// d × d each.
  let gram, resolvent, workspace: Bool
  /// A regression over all Bernoulli masks: two of d × d.
  let closedForm: Bool

  init(_ shape: TrialShape, route: ErrorRoute?, parts: TrialNeeds.Parts) {
    let isLeaveOneOut = shape.mask.isLeaveOneOut
    samples = isLeaveOneOut && (route?.readsSamples ?? (shape.sampleCount < shape.coordinateCount))
    gram = !parts.isEmpty || (!samples && shape.mask.drawnMasks == nil)
    let isWeighted = isLeaveOneOut && shape.weights != .uniform
    block = isWeighted && samples && gram
    let invertsAside = !samples && !(route?.reducesGram ?? false) && (shape.ridgeCount > 1 || isWeighted)
    workspace = !parts.isDisjoint(with: [.resolvent, .workspace])
    // Errors from a Gram that is kept need another matrix.
    resolvent = isLeaveOneOut && (invertsAside || workspace || (!samples && !parts.isEmpty))
    closedForm = !isLeaveOneOut && parts.contains(.resolvent)
  }
}

extension TrialShape {
  /// Numbers that `TrialStorage` and the errors' own route hold.
  /// - Parameter route: nil takes inverses, of the smaller Gram.
  /// - Parameter workspace: `Backend.workspaceMatrices`.
  /// - Parameter rowBlock: `Backend.rowBlock(columns:)`.
  func storedNumbers(
    route: ErrorRoute?, parts: TrialNeeds.Parts, workspace: (tridiagonalize: Int, eigendecompose: Int), rowBlock: Int
  ) -> Double {
    let (n, d) = (Double(sampleCount), Double(coordinateCount))
    let block = Double(min(sampleCount, rowBlock)) * d
    let has = TrialMatrices(self, route: route, parts: parts)
    let squares = [has.gram, has.resolvent, has.workspace, has.closedForm, has.closedForm].count { $0 }
    var numbers = Double(squares) * d * d + (has.samples ? n * d : 0) + (has.samples && !has.block ? 0 : block)
    // Forms at up to 64 ridges, on the device and brought to the host.
    let forms = 2 * (2 + Double(spikeCount)) * min(Double(ridgeCount), 64)
    // Reflectors, and their products, from which the orthogonal factor is formed.
    let panels = 256.0
    // Of forms in a band, the factors of 8 ridges: as much as the panels of its reduction and a product with one for each of 16
    // threads.
    let band = Double(32 * SymmetricBand.usualWidth) + forms
    if !mask.isLeaveOneOut {
      // Where it reads the Gram alone, that is this trial's.
      numbers += mask.scheme.storedNumbers(order: d, block: block) - (mask.drawnMasks != nil ? 0 : d * d)
    } else {
      let columns = Double(dualBlockColumns(sampleCount: sampleCount, coordinateCount: coordinateCount))
      switch route ?? (has.samples ? .sampleInverses : .inverses) {
      case .inverses: break
      case .tridiagonal: numbers += d * d * Double(workspace.tridiagonalize) + (panels + forms) * d
      case .band: numbers += d * d * Double(workspace.tridiagonalize) + band * d
      case .eigenvectors: numbers += d * d * Double(workspace.eigendecompose) + forms * d
      case .sampleInverses:
        numbers +=
          isIsotropicSpiked ? 2 * n * n + 2 * n * columns : n * d + 5 * n * n + 3 * n * columns
      case .sampleTridiagonal:
        numbers += n * n * Double(2 + workspace.tridiagonalize) + (2 * n + forms) * columns + panels * n
      case .sampleBand:
        numbers += n * n * Double(2 + workspace.tridiagonalize) + (2 * n + forms) * columns + band * n
      }
    }
    if isDense { numbers += d * d + max(block, min(n, d) * d) }
    return numbers
  }
}
