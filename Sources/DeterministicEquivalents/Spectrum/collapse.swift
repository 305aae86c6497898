import RealModule

/// The greatest number of distinct values that a bulk keeps as they are.
private let greatestNodeCount = 2048

/// Values with multiplicities, few enough to sum over at every point of a density.
///
/// Equal values are merged exactly. More than 2048 distinct ones are sorted into intervals of equal length in ln v, 700 of
/// them over the range, and each interval's values replaced by the two-point Gauss rule that has their first four
/// moments: a function of v smooth on the scale h of an interval (relative length (ln v_max/v_min)/700) is summed to
/// O(h⁴/4320) relative. Intervals are narrower where few values lie: an interval standing for w values has h² ≤ w/(4n), so
/// that the bulk of its values, of relative width 4√(w/n), closes the gaps the rule would leave; and w ≤ n/4, lest it pass
/// for an atom.
/// - Parameter values: positive.
func collapse(_ values: [Double], sampleCount: Int) -> [(value: Double, weight: Double)] {
  let sorted = values.sorted()
  var merged: [(value: Double, weight: Double)] = []
  for value in sorted {
    if let last = merged.last, last.value == value {
      merged[merged.count - 1].weight += 1
    } else {
      merged.append((value, 1))
    }
  }
  guard merged.count > greatestNodeCount, let first = merged.first?.value, let last = merged.last?.value else {
    return merged
  }
  let step = Double.log(last / first) / 700
  let limit = max(1, Double(sampleCount) / 4)
  var result: [(value: Double, weight: Double)] = []
  var start = 0
  while start < merged.count {
    let bound = merged[start].value * Double.exp(step)
    var end = start + 1
    var weight = merged[start].weight
    while end < merged.count, merged[end].value <= bound, weight + merged[end].weight <= limit {
      let width = merged[end].value / merged[start].value - 1
      guard width * width * 4 * Double(sampleCount) <= weight + merged[end].weight else { break }
      weight += merged[end].weight
      end += 1
    }
    result += gaussPair(merged[start..<end])
    start = end
  }
  return result
}

/// The two-point rule with the moments 0 … 3 of the values; fewer points where they have fewer.
private func gaussPair(
  _ values: ArraySlice<(value: Double, weight: Double)>
) -> [(value: Double, weight: Double)] {
  guard values.count > 2 else { return Array(values) }
  let weight = values.reduce(0) { $0 + $1.weight }
  let mean = values.reduce(0) { $0 + $1.weight * $1.value } / weight
  var (second, third) = (0.0, 0.0)
  for (value, count) in values {
    let deviation = value - mean
    second += count * deviation * deviation
    third += count * deviation * deviation * deviation
  }
  second /= weight
  third /= weight
  // Orthogonal polynomial x² − (third/second) x − second about the mean.
  let half = third / second / 2
  let root = (half * half + second).squareRoot()
  let (low, high) = (half - root, half + root)
  guard root > 0, mean + low > 0 else { return [(mean, weight)] }
  return [(mean + low, weight * high / (high - low)), (mean + high, weight * -low / (high - low))]
}
