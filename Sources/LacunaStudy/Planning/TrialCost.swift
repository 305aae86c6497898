import LacunaAlgebra

/// The work of one trial.
struct TrialCost {
  /// Work, order of the matrices, operations.
  private(set) var parts: [(work: DeviceRates.Work, order: Int, operations: Double)] = []

  /// - Parameter route: nil takes inverses, of the smaller Gram.
  /// - Parameter isMasked: by masks other than leave-one-out.
  /// - Parameter drawnMasks: M, masks drawn for each sample under a loss that is solved by iteration; 0 for closed forms.
  init(
    sampleCount: Int, coordinateCount: Int, ridgeCount: Int, route: ErrorRoute?, isMasked: Bool,
    demands: TrialForecast.Demands, spikeCount: Int, drawnMasks: Int = 0
  ) {
    let (n, d, ridges) = (Double(sampleCount), Double(coordinateCount), Double(ridgeCount))
    let isDense = demands.contains(.dense)
    parts.append((.fill, coordinateCount, n * d))
    if isDense { parts.append((.multiply, coordinateCount, 2 * n * d * d)) }
    if demands.contains(.spectral) {
      parts.append((.multiply, coordinateCount, n * d * d))
      parts.append((.eigendecompose, coordinateCount, ridges * 5 * d * d * d))
    }
    if isMasked {
      parts.append((.multiply, coordinateCount, n * d * d + ridges * 3 * d * d * d))
      // About 30 steps, two products over all masked samples each.
      parts.append((.multiply, coordinateCount, Double(drawnMasks) * ridges * 30 * 4 * n * d * d))
      return
    }
    // Of forms, for each number: a pass of 9 operations, and 4 more a probe.
    let forms = ridges * (9 + 4 * Double(spikeCount))
    let isIsotropicSpiked = demands.contains(.isotropicSpiked)
    switch route ?? (sampleCount < coordinateCount ? .sampleInverses : .inverses) {
    case .inverses:
      parts.append((.multiply, coordinateCount, n * d * d + (isDense ? ridges * 2 * d * d * d : 0)))
      parts.append((.invert, coordinateCount, ridges * d * d * d))
    case .tridiagonal:
      parts.append((.multiply, coordinateCount, n * d * d))
      parts.append((.tridiagonalize, coordinateCount, DeviceRates.Work.tridiagonalize.operations(order: d)))
      parts.append((.forms, coordinateCount, forms * d * d))
    case .eigenvectors:
      parts.append((.multiply, coordinateCount, n * d * d))
      parts.append((.eigendecompose, coordinateCount, DeviceRates.Work.eigendecompose.operations(order: d)))
      parts.append((.forms, coordinateCount, forms * d * d))
    case .sampleInverses:
      parts.append((.invert, sampleCount, ridges * n * n * n))
      let products = isIsotropicSpiked ? 1 + 2 * ridges : 3 + 6 * ridges
      parts.append((.multiply, sampleCount, products * n * n * d + (isIsotropicSpiked ? 0 : ridges * 4 * n * n * n)))
      if isDense { parts.append((.multiply, coordinateCount, 4 * n * d * d)) }
    case .sampleTridiagonal:
      parts.append((.multiply, sampleCount, 3 * n * n * d))
      parts.append((.tridiagonalize, sampleCount, DeviceRates.Work.tridiagonalize.operations(order: n)))
      parts.append((.forms, sampleCount, forms * n * d))
    }
  }

  /// Floating-point operations.
  var operations: Double { parts.reduce(0) { $0 + ($1.work == .fill ? 0 : $1.operations) } }

  func seconds(_ rates: DeviceRates) -> Double {
    parts.reduce(0) { $0 + rates.seconds($1.work, order: $1.order, operations: $1.operations) }
  }
}
