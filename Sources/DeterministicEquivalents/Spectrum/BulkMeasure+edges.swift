import RealModule

/// An edge of the bulk: z, and c there.
struct BulkEdge: Sendable {
  var z: Double
  var contraction: Double
  /// F there where c does not tell it: at a hard edge, and where the search ended inside the support.
  var distribution: Double?
  /// Whether the search ended here inside the support, so that this is no edge of it.
  var endsSearch = false
}

/// A maximal interval of the support.
struct BulkInterval: Sendable {
  var lower: BulkEdge
  var upper: BulkEdge
}

extension BulkMeasure {
  /// The support of the continuous part, ascending.
  ///
  /// The axis is scanned on a logarithmic grid of `resolution` points and at points where components must lie if they are
  /// narrow; every minimum of the density on the grid is followed down, so that a gap shows even where no grid point
  /// fell into it; each change between inside and outside is bisected and finished by Newton's iteration on
  /// F = 0, (c²/n) Σ w p²B² = 1.
  func support(resolution: Int) -> [BulkInterval] {
    intervals(between: scannedPoints(resolution: resolution))
  }

  /// The grid with what was found there, and a point in each gap that it shows.
  func scannedPoints(resolution: Int) -> [ScanPoint] {
    refined(scan(scanPoints(resolution: resolution)))
  }

  /// The intervals that ascending points tell of.
  func intervals(between points: [ScanPoint]) -> [BulkInterval] {
    var intervals: [BulkInterval] = []
    var lower: BulkEdge?
    for index in points.indices {
      let point = points[index]
      guard point.contraction.isInside else { continue }
      if index == 0 || !points[index - 1].contraction.isInside {
        lower = index == 0 ? hardEdge(point) : edge(inside: point, outside: points[index - 1])
      }
      if index == points.count - 1 || !points[index + 1].contraction.isInside, let start = lower {
        let end = index == points.count - 1 ? hardEdge(point) : edge(inside: point, outside: points[index + 1])
        intervals.append(BulkInterval(lower: start, upper: end))
        lower = nil
      }
    }
    return intervals
  }

  struct ScanPoint {
    var z: Double
    var contraction: Contraction
    /// −Im-part weight of the density, z·ρ(z), 0 outside.
    var height: Double
  }

  func hardEdge(_ point: ScanPoint) -> BulkEdge {
    let c = point.contraction.value
    return BulkEdge(z: point.z, contraction: c.real, distribution: distribution(c, at: point.z), endsSearch: true)
  }

  /// Bounds of the spectrum, widened a little.
  var bounds: ClosedRange<Double> {
    let root = aspectRatio.squareRoot()
    let greatest = nodes.reduce(0) { max($0, $1.scaled) }
    let least = nodes.reduce(Double.infinity) { min($0, $1.scaled) }
    let shifts = shifts.reduce((Double.infinity, 0.0)) { (min($0.0, $1.value), max($0.1, $1.value)) }
    let high = 1.01 * (greatest * (1 + root) * (1 + root) + shifts.1)
    var low = shifts.0
    // Above γ = 1 equal shifts make an atom, above which the rest keeps the same distance.
    if aspectRatio < 1 || shifts.0 == shifts.1 { low += least * (1 - root) * (1 - root) }
    return max(0.99 * low, 1e-20 * high)...high
  }

  private func scan(_ points: [Double]) -> [ScanPoint] {
    var guess: Complex?
    var result: [ScanPoint] = []
    for z in points {
      guard let point = scanPoint(z, guess: guess) else { continue }
      guess = point.contraction.value
      result.append(point)
    }
    return result
  }

  func scanPoint(_ z: Double, guess: Complex?) -> ScanPoint? {
    density(at: z, guess: guess).map { ScanPoint(z: z, contraction: $0.contraction, height: z * $0.density) }
  }

  /// Adds a point in each gap hidden behind a minimum of the density.
  func refined(_ points: [ScanPoint]) -> [ScanPoint] {
    var result: [ScanPoint] = []
    for index in points.indices {
      let point = points[index]
      result.append(point)
      guard index > 0, index + 1 < points.count, point.contraction.isInside,
        points[index - 1].contraction.isInside, points[index + 1].contraction.isInside,
        point.height < points[index - 1].height, point.height < points[index + 1].height,
        let gap = gap(between: points[index - 1], points[index + 1], near: point)
      else { continue }
      if gap.z < point.z { result.insert(gap, at: result.count - 1) } else { result.append(gap) }
    }
    return result
  }

  /// Golden sections on the density down to a point outside; nil where the minimum is positive.
  private func gap(between left: ScanPoint, _ right: ScanPoint, near middle: ScanPoint) -> ScanPoint? {
    let golden = (Double.sqrt(5) - 1) / 2
    var (low, high) = (left.z, right.z)
    var best = middle
    while high - low > 1e-9 * high {
      let fromLow = best.z - low
      let fromHigh = high - best.z
      let z = fromLow > fromHigh ? best.z - (1 - golden) * fromLow : best.z + (1 - golden) * fromHigh
      guard let trial = scanPoint(z, guess: best.contraction.value) else { return nil }
      if !trial.contraction.isInside { return trial }
      if trial.height < best.height {
        if z < best.z { high = best.z } else { low = best.z }
        best = trial
      } else {
        if z < best.z { low = z } else { high = z }
      }
    }
    return nil
  }

  func edge(inside: ScanPoint, outside: ScanPoint) -> BulkEdge {
    var within = inside
    var without = outside
    let span = min(inside.z, outside.z)...max(inside.z, outside.z)
    if let hard = hardEdges.first(where: { span.contains($0.z) }) {
      return BulkEdge(z: hard.z, contraction: outside.contraction.value.real, distribution: hard.distribution)
    }
    for _ in 0..<200 {
      if abs(within.z - without.z) < 1e-3 * without.z,
        let polished = polish(BulkEdge(z: without.z, contraction: without.contraction.value.real), in: span)
      {
        return polished
      }
      let z = (within.z * without.z).squareRoot()
      guard z != within.z, z != without.z, abs(within.z - without.z) > 4e-16 * z,
        let middle = scanPoint(z, guess: without.contraction.value)
      else { break }
      if middle.contraction.isInside { within = middle } else { without = middle }
    }
    return BulkEdge(z: without.z, contraction: without.contraction.value.real)
  }

  /// Newton's iteration on 1/c − 1 − (1/n)Σ w pB = 0 and c²(1/n)Σ w p²B² = 1; nil unless it converges inside the span.
  func polish(_ start: BulkEdge, in span: ClosedRange<Double>) -> BulkEdge? {
    var edge = start
    for _ in 0..<30 {
      let (c, z) = (edge.contraction, edge.z)
      guard let sums = local(to: z)?.realSums(c, z) else { return nil }
      let value = 1 / c - 1 - sums.first
      let valueByC = -1 / (c * c) + sums.second
      let valueByZ = -sums.slope
      let condition = c * c * sums.second - 1
      let conditionByC = 2 * c * (sums.second - c * sums.third)
      let conditionByZ = 2 * c * c * sums.mixed
      let determinant = valueByC * conditionByZ - valueByZ * conditionByC
      let stepC = (value * conditionByZ - valueByZ * condition) / determinant
      let stepZ = (valueByC * condition - value * conditionByC) / determinant
      guard stepC.isFinite, stepZ.isFinite else { return nil }
      edge = BulkEdge(z: z - stepZ, contraction: c - stepC)
      guard span.contains(edge.z) else { return nil }
      if abs(stepZ) <= 1e-14 * edge.z, abs(stepC) <= 1e-11 * abs(edge.contraction) { return edge }
    }
    return nil
  }
}
