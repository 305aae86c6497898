import RealModule

/// The least value of a function on a grid, refined by golden sections between the neighbours of the best grid point.
///
/// - Parameter tolerance: absolute, in the argument.
/// - Returns: the best argument and value, and whether it lies inside the grid (a least value at an end is not refined).
func minimize<Value, Failure: Error>(
  from start: Double, step: Double, count: Int, tolerance: Double, by key: (Value) -> Double,
  of evaluate: (Double) throws(Failure) -> Value
) throws(Failure) -> (argument: Double, value: Value, isInterior: Bool) {
  var grid: [Value] = []
  for index in 0..<count { grid.append(try evaluate(start + Double(index) * step)) }
  let least = grid.indices.min { key(grid[$0]) < key(grid[$1]) } ?? 0
  var best = (argument: start + Double(least) * step, value: grid[least], isInterior: true)
  guard least > 0, least < count - 1 else {
    best.isInterior = false
    return best
  }
  let golden = (Double.sqrt(5) - 1) / 2
  var (low, high) = (best.argument - step, best.argument + step)
  var (left, right) = (high - golden * (high - low), low + golden * (high - low))
  var atLeft = try evaluate(left)
  var atRight = try evaluate(right)
  while high - low > tolerance {
    if key(atLeft) <= key(atRight) {
      (high, right, atRight) = (right, left, atLeft)
      left = high - golden * (high - low)
      atLeft = try evaluate(left)
    } else {
      (low, left, atLeft) = (left, right, atRight)
      right = low + golden * (high - low)
      atRight = try evaluate(right)
    }
  }
  let refined = key(atLeft) <= key(atRight) ? (left, atLeft) : (right, atRight)
  if key(refined.1) < key(best.value) { (best.argument, best.value) = refined }
  return best
}
