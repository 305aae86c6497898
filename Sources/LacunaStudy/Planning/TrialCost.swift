import LacunaAlgebra

/// The work of one trial.
struct TrialCost {
  private(set) var parts: [TrialWork] = []

  /// - Parameter route: nil takes inverses, of the smaller Gram.
  init(_ shape: TrialShape, needs: TrialNeeds, route: ErrorRoute?) {
    let (sampleCount, coordinateCount) = (shape.sampleCount, shape.coordinateCount)
    let (n, d, ridges) = (Double(sampleCount), Double(coordinateCount), Double(shape.ridgeCount))
    func add(_ work: DeviceRates.Work, _ order: Int, _ operations: Double) {
      parts.append(TrialWork(work: work, order: order, operations: operations))
    }
    add(.fill, coordinateCount, n * d)
    if shape.isDense { add(.multiply, coordinateCount, 2 * n * d * d) }
    parts += needs.work
    let taken = route ?? (sampleCount < coordinateCount ? .sampleInverses : .inverses)
    let isMasked = !shape.mask.isLeaveOneOut
    // Errors by inverses have both already.
    if !needs.parts.isEmpty, !isMasked, taken.readsSamples { add(.multiply, coordinateCount, n * d * d) }
    if needs.parts.contains(.resolvent), isMasked || taken != .inverses {
      add(.invert, coordinateCount, ridges * d * d * d)
    }
    if isMasked {
      add(.multiply, coordinateCount, n * d * d + ridges * 3 * d * d * d)
      // About 30 steps, two products over all masked samples each.
      add(.multiply, coordinateCount, Double(shape.mask.scheme.iteratedMasks) * ridges * 30 * 4 * n * d * d)
      return
    }
    if shape.weights == .selfWeighted {
      let rounds = ridges * Self.learningRounds
      let order = min(sampleCount, coordinateCount)
      add(.invert, order, rounds * min(n, d) * min(n, d) * min(n, d))
      add(.multiply, order, rounds * (sampleCount < coordinateCount ? 3 * n * n * d : 2 * n * d * d))
      if sampleCount >= coordinateCount { add(.fill, coordinateCount, rounds * n * d) }
    }
    // Of forms, for each number: a pass of 9 operations, and 4 more a probe.
    let forms = ridges * (9 + 4 * Double(shape.spikeCount))
    let bandForms = ridges * (8 * Double(SymmetricBand.usualWidth) + 4 * Double(shape.spikeCount))
    switch taken {
    case .inverses:
      add(.multiply, coordinateCount, n * d * d + (shape.isDense ? ridges * 2 * d * d * d : 0))
      add(.invert, coordinateCount, ridges * d * d * d)
    case .tridiagonal:
      add(.multiply, coordinateCount, n * d * d)
      add(.tridiagonalize, coordinateCount, DeviceRates.Work.tridiagonalize.operations(order: d))
      add(.forms, coordinateCount, forms * d * d)
    case .band:
      add(.multiply, coordinateCount, n * d * d)
      add(.reduceToBand, coordinateCount, DeviceRates.Work.reduceToBand.operations(order: d))
      add(.bandForms, coordinateCount, bandForms * d * d)
    case .eigenvectors:
      add(.multiply, coordinateCount, n * d * d)
      add(.eigendecompose, coordinateCount, DeviceRates.Work.eigendecompose.operations(order: d))
      add(.forms, coordinateCount, forms * d * d)
    case .sampleInverses:
      add(.invert, sampleCount, ridges * n * n * n)
      let products = shape.isIsotropicSpiked ? 1 + 2 * ridges : 3 + 6 * ridges
      add(.multiply, sampleCount, products * n * n * d + (shape.isIsotropicSpiked ? 0 : ridges * 4 * n * n * n))
      if shape.isDense { add(.multiply, coordinateCount, 4 * n * d * d) }
    case .sampleTridiagonal:
      add(.multiply, sampleCount, 3 * n * n * d)
      add(.tridiagonalize, sampleCount, DeviceRates.Work.tridiagonalize.operations(order: n))
      add(.forms, sampleCount, forms * n * d)
    case .sampleBand:
      add(.multiply, sampleCount, 3 * n * n * d)
      add(.reduceToBand, sampleCount, DeviceRates.Work.reduceToBand.operations(order: n))
      add(.bandForms, sampleCount, bandForms * n * d)
    }
  }

  /// How often weights are learned anew at a ridge, about.
  private static let learningRounds = 8.0

  /// Floating-point operations.
  var operations: Double { parts.reduce(0) { $0 + ($1.work == .fill ? 0 : $1.operations) } }

  /// The largest order of a matrix that is reduced to tridiagonal form or a band; 0 where none is.
  var largestReduction: Int {
    parts.lazy.filter { [.tridiagonalize, .reduceToBand, .eigendecompose].contains($0.work) }.map(\.order).max() ?? 0
  }

  func seconds(_ rates: DeviceRates) -> Double {
    parts.reduce(0) { $0 + rates.seconds($1.work, order: $1.order, operations: $1.operations) }
  }
}
