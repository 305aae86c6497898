import DeterministicEquivalents

/// How far measured eigenvalues of Â lie from the spectrum of theory.
package struct SpectralDistance: Sendable, Equatable {
  /// sup |F_measured − F_theory| over the intervals of the continuous spectrum and their ends, F_theory that of the limit.
  ///
  /// Between intervals theory is constant, so the ends stand for the gaps; a gap that holds an atom is judged by its mass
  /// alone, as a finite matrix smears an atom over a width that the step of the theory would count whole. An interval narrower
  /// than the n^(−1/2) of that smearing, relative to its place in z, counts as an atom.
  package var kolmogorovSmirnov: Double
  /// sup |F_measured − F_theory| over all eigenvalues (1000 of them where there are more), theory at finite d with atoms
  /// smeared; nil where D is not constant and theory has no such correction.
  package var finiteSizeKolmogorovSmirnov: Double?
  /// ∫ |F_measured − F_theory| dμ, by the quantiles at 2000 fractions.
  package var wasserstein1: Double

  /// - Parameter eigenvalues: of any number of trials together, in any order, not empty.
  package init(of eigenvalues: [Double], to theory: SpectrumEquivalent) {
    let sorted = eigenvalues.sorted()
    kolmogorovSmirnov = Self.distanceOverIntervals(sorted, theory)
    finiteSizeKolmogorovSmirnov = theory.bulk.fluctuation != nil ? Self.finiteSizeDistance(sorted, theory) : nil
    wasserstein1 = Self.quantileDistance(sorted, theory)
  }

  private static func finiteSizeDistance(_ sorted: [Double], _ theory: SpectrumEquivalent) -> Double {
    let count = Double(sorted.count)
    let points = min(1000, sorted.count)
    return (0..<points).reduce(0) { greatest, j in
      let index = (2 * j + 1) * sorted.count / (2 * points)
      let value = theory.finiteSizePredictorDistribution(at: sorted[index])
      return max(greatest, abs(value - Double(index) / count), abs(value - Double(index + 1) / count))
    }
  }

  private static func distanceOverIntervals(_ sorted: [Double], _ theory: SpectrumEquivalent) -> Double {
    let count = Double(sorted.count)
    var greatest = 0.0
    let blur = 1 / Double(theory.bulk.sampleCount).squareRoot()
    for (interval, place) in zip(theory.predictorIntervals, theory.intervals)
    where place.upper - place.lower > blur * place.lower {
      let first = Self.firstIndex(in: sorted) { $0 >= interval.lower }
      let end = Self.firstIndex(in: sorted) { $0 > interval.upper }
      // Just above the lower end and just below the upper one.
      greatest = max(greatest, abs(Double(first) / count - theory.predictorDistribution(at: interval.lower)))
      greatest = max(greatest, abs(Double(end) / count - theory.predictorDistribution(at: interval.upper)))
      for index in first..<max(first, end) {
        let value = theory.predictorDistribution(at: sorted[index])
        greatest = max(greatest, abs(value - Double(index) / count), abs(value - Double(index + 1) / count))
      }
    }
    return greatest
  }

  private static func quantileDistance(_ sorted: [Double], _ theory: SpectrumEquivalent) -> Double {
    let points = 2000
    let sum = (0..<points).reduce(0) { sum, j in
      let fraction = (Double(j) + 0.5) / Double(points)
      let measured = sorted[min(sorted.count - 1, Int(fraction * Double(sorted.count)))]
      return sum + abs(measured - theory.predictorQuantile(fraction))
    }
    return sum / Double(points)
  }

  /// The first index whose value meets a condition that, once met, stays met.
  private static func firstIndex(in sorted: [Double], where condition: (Double) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if condition(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
