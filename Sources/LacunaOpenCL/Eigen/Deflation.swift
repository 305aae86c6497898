/// D + ρ z zᵀ, D diagonal, without what changes nothing within rounding: on the host, O(n log n).
///
/// The eigenproblem of two parts of a tridiagonal matrix and the entry that couples them, in the basis of the parts'
/// eigenvectors. An eigenvector whose z is negligible stays as it is; of two whose eigenvalues are close, a rotation makes one
/// such, which is where the matrices of a cluster cost less than others.
/// Source: Cuppen, Numer. Math. 36 (1981); LAPACK's `dlaed2`, whose tolerance this is.
struct Deflation {
  /// x and y, two eigenvectors, become x cos + y sin and y cos − x sin.
  struct Rotation {
    let first, second: Int
    let cosine, sine: Double
  }

  /// What is left to solve, Σ = diag(poles) + weights weightsᵀ: poles strictly ascending, no weight negligible. Empty where
  /// nothing changes.
  private(set) var poles: [Double] = []
  private(set) var weights: [Double] = []
  /// The eigenvector of each pole.
  private(set) var rows: [Int] = []
  /// Of each pole whether its eigenvector has entries on the upper and on the lower part.
  private(set) var isUpper: [Bool] = []
  private(set) var isLower: [Bool] = []
  /// To be made in this order.
  private(set) var rotations: [Rotation] = []
  /// Eigenpairs that stay: eigenvector, eigenvalue.
  private(set) var settled: [(row: Int, value: Double)] = []

  /// - Parameter values: eigenvalues of the upper part, then of the lower, in any order, as exact as the device holds them.
  /// - Parameter edges: of each eigenvector the entry next to the seam.
  /// - Parameter upperCount: eigenvalues of the upper part.
  /// - Parameter coupling: the off-diagonal entry across the seam; its modulus was taken from the diagonal on either side.
  /// - Parameter unit: the unit roundoff of the matrices; the norm of the whole matrix is about 1.
  /// - Parameter rounded: to what the device holds.
  init(
    values: [Double], edges: [Double], upperCount: Int, coupling: Double, unit: Double, rounded: (Double) -> Double
  ) {
    let n = values.count
    let rho = 2 * abs(coupling)
    let sign = coupling < 0 ? -1.0 : 1
    var z = edges.indices.map { edges[$0] * 0.5.squareRoot() * ($0 < upperCount ? 1 : sign) }
    var d = values
    let largest = z.reduce(0) { max($0, abs($1)) }
    let tolerance = 8 * unit * d.reduce(largest) { max($0, abs($1)) }
    if !(rho * largest > tolerance) { return }
    var upper = (0..<n).map { $0 < upperCount }
    var lower = upper.map { !$0 }
    func keep(_ row: Int) {
      poles.append(d[row])
      weights.append(rounded(rho.squareRoot() * z[row]))
      rows.append(row)
      isUpper.append(upper[row])
      isLower.append(lower[row])
    }
    var open: Int?
    for next in d.indices.sorted(by: { (d[$0], $0) < (d[$1], $1) }) {
      if rho * abs(z[next]) <= tolerance {
        settled.append((next, d[next]))
        continue
      }
      guard let last = open else {
        open = next
        continue
      }
      open = next
      // hypot without its care: z is at most 1 and not negligible.
      let size = (z[last] * z[last] + z[next] * z[next]).squareRoot()
      let (c, s) = (z[next] / size, -z[last] / size)
      guard abs((d[next] - d[last]) * c * s) <= tolerance else {
        keep(last)
        continue
      }
      z[next] = size
      upper[next] = upper[next] || upper[last]
      lower[next] = lower[next] || lower[last]
      rotations.append(Rotation(first: last, second: next, cosine: c, sine: s))
      settled.append((last, rounded(d[last] * c * c + d[next] * s * s)))
      d[next] = rounded(d[last] * s * s + d[next] * c * c)
    }
    if let open { keep(open) }
  }
}
