/// The bulk of a matrix W = D^½(S + λI)D^½ as the theory sees it: where Σ′ = D^½ΣD^½ and λD are diagonal together,
/// the entries (p_k, q_k) of the two, with multiplicities.
///
///     G(z) = (c Σ′ + λD − z)⁻¹,   c = 1/(1 + (1/n) Σ_k w_k p_k G_k),   G_k = 1/(c p_k + q_k − z)
///
/// For the joint predictor D = diag(R)·κ/λ at the effective ridge κ; D = I and λ = 0 give the Gram S itself, and so
/// principal components.
public struct BulkMeasure: Sendable {
  /// One entry: p of Σ′, q of λD, D itself, and how many eigenvalues it stands for.
  public struct Node: Sendable, Equatable {
    public var scaled: Double
    public var shift: Double
    public var metric: Double
    public var weight: Double

    public init(scaled: Double, shift: Double, metric: Double, weight: Double) {
      self.scaled = scaled
      self.shift = shift
      self.metric = metric
      self.weight = weight
    }

    /// An eigenvalue s of Σ among coordinates with the same D: p = D s, q = λ D.
    init(eigenvalue: Double, metric: Double, ridge: Double, weight: Double) {
      self.init(scaled: metric * eigenvalue, shift: ridge * metric, metric: metric, weight: weight)
    }
  }

  /// n.
  public let sampleCount: Int
  /// The nodes, equal ones merged, ascending in p.
  public let nodes: [Node]
  /// Σ_k w_k: d, less the coordinates that are treated with the spikes.
  public let weight: Double

  /// How D, and what is added to S, fluctuate over coordinates at finite d, where D is constant; nil where it varies or is I.
  public internal(set) var fluctuation: MetricFluctuation?

  /// a of μ = a(1 − 1/z), the eigenvalue of the joint predictor that stands at z: 1, and 1/p under Bernoulli masks.
  public internal(set) var gain: Double

  /// c₀ = λ/κ of the leave-one-out predictor, where c₀Σ′ + λD has the diagonal inverse 1; nil for the Gram and under other masks.
  public internal(set) var shrinkage: Double?

  /// The entries of λD, ascending, with multiplicities.
  let shifts: [(value: Double, weight: Double)]

  /// A masses at points, as fractions of the bulk's weight: where the entries of λD that are equal outnumber the samples, the
  /// null space of the data leaves eigenvalues exactly there.
  let atoms: [(z: Double, mass: Double)]

  /// Edges with the F below them where the entries of λD that are equal are as many as the samples: c vanishes there like
  /// |z − q|^½, real on one side and imaginary on the other, and the density grows like its inverse.
  let hardEdges: [(z: Double, distribution: Double)]

  /// p, q, w and w·p, padded to whole SIMD groups by entries that count for nothing.
  let scaled: [Double]
  let shift: [Double]
  let weights: [Double]
  let products: [Double]

  /// Where Σ′ and D are not diagonal together, the source of the nodes at each z; `nodes` are then those for z → ∞.
  let pencil: DensePencil?

  public init(
    nodes: [Node], sampleCount: Int, fluctuation: MetricFluctuation? = nil, gain: Double = 1, shrinkage: Double? = nil
  ) {
    self.init(nodes: nodes, sampleCount: sampleCount, fluctuation: fluctuation, gain: gain, pencil: nil)
    self.shrinkage = shrinkage
  }

  init(pencil: DensePencil, sampleCount: Int) {
    self.init(
      nodes: pencil.distantNodes, sampleCount: sampleCount, fluctuation: nil, gain: 1,
      pencil: pencil.isConstant ? nil : pencil)
  }

  /// The bulk as it is at one real z; nil where the eigensolver of a dense Σ fails.
  func local(to z: Double) -> BulkMeasure? {
    guard let pencil else { return self }
    return pencil.nodes(at: z).map {
      BulkMeasure(nodes: $0, sampleCount: sampleCount, gain: gain, shrinkage: shrinkage)
    }
  }

  private init(
    nodes: [Node], sampleCount: Int, fluctuation: MetricFluctuation?, gain: Double, pencil: DensePencil?
  ) {
    self.fluctuation = fluctuation
    self.gain = gain
    self.pencil = pencil
    shrinkage = nil
    let merged = Self.merged(nodes)
    self.nodes = merged
    self.sampleCount = sampleCount
    weight = blockSum(merged.map(\.weight))
    shifts = pencil?.shifts ?? merged.map { ($0.shift, $0.weight) }.sorted { $0.0 < $1.0 }
    let (classes, n, all) = (Self.classes(of: shifts), Double(sampleCount), weight)
    atoms = classes.filter { $0.weight > n * (1 + 1e-12) }.map { ($0.z, ($0.weight - n) / all) }
    hardEdges = classes.filter { abs($0.weight - n) <= n * 1e-12 && $0.z > 0 }.map { ($0.z, $0.below / all) }
    let padding = (4 - merged.count % 4) % 4
    scaled = merged.map(\.scaled) + Array(repeating: 0, count: padding)
    shift = merged.map(\.shift) + Array(repeating: 1e300, count: padding)
    weights = merged.map(\.weight) + Array(repeating: 0, count: padding)
    products = merged.map { $0.weight * $0.scaled } + Array(repeating: 0, count: padding)
  }

  /// Entries that are equal but for rounding, with how many there are and how many are less.
  private static func classes(
    of shifts: [(value: Double, weight: Double)]
  ) -> [(z: Double, weight: Double, below: Double)] {
    var result: [(z: Double, weight: Double, below: Double)] = []
    for (shift, weight) in shifts {
      if let last = result.last, shift - last.z <= 1e-13 * last.z {
        result[result.count - 1].weight += weight
      } else {
        result.append((shift, weight, result.last.map { $0.below + $0.weight } ?? 0))
      }
    }
    return result
  }

  /// γ of the bulk, Σ_k w_k/n.
  var aspectRatio: Double { weight / Double(sampleCount) }

  private static func merged(_ nodes: [Node]) -> [Node] {
    let sorted = nodes.sorted { ($0.scaled, $0.shift) < ($1.scaled, $1.shift) }
    var result: [Node] = []
    for node in sorted {
      if let last = result.last, last.scaled == node.scaled, last.shift == node.shift {
        result[result.count - 1].weight += node.weight
      } else {
        result.append(node)
      }
    }
    return result
  }

  /// The sums over nodes at complex c and z, with B_k = 1/(c p_k + q_k − z).
  struct Sums {
    /// (1/n)Σ w pB.
    var first: Complex
    /// (1/n)Σ w p²B².
    var second: Complex
    /// (1/n)Σ w (q − z)B = γ − c·first: small where the latter is near γ.
    var complement: Complex
    /// (1/Σw)Σ w B, the normalised trace of G.
    var trace: Complex
    /// (1/n)Σ w pB².
    var slope: Complex
    /// (1/Σw)Σ w B².
    var square: Complex
  }

  func sums(_ c: Complex, _ z: Complex) -> Sums {
    var firstReal = SIMD4<Double>.zero
    var firstImaginary = SIMD4<Double>.zero
    var secondReal = SIMD4<Double>.zero
    var secondImaginary = SIMD4<Double>.zero
    var restReal = SIMD4<Double>.zero
    var restImaginary = SIMD4<Double>.zero
    var slopeReal = SIMD4<Double>.zero
    var slopeImaginary = SIMD4<Double>.zero
    var squareReal = SIMD4<Double>.zero
    var squareImaginary = SIMD4<Double>.zero
    var traceReal = SIMD4<Double>.zero
    var traceImaginary = SIMD4<Double>.zero
    scaled.withUnsafeBytes { scaled in
      shift.withUnsafeBytes { shift in
        weights.withUnsafeBytes { weights in
          products.withUnsafeBytes { products in
            var offset = 0
            while offset < scaled.count {
              let p = scaled.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
              let q = shift.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
              let w = weights.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
              let wp = products.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
              let distance = q - z.real
              let real = c.real * p + distance
              let imaginary = c.imaginary * p - z.imaginary
              let inverse = 1 / (real * real + imaginary * imaginary)
              let bReal = real * inverse
              let bImaginary = -imaginary * inverse
              traceReal += w * bReal
              traceImaginary += w * bImaginary
              restReal += w * (distance * bReal + z.imaginary * bImaginary)
              restImaginary += w * (distance * bImaginary - z.imaginary * bReal)
              firstReal += wp * bReal
              firstImaginary += wp * bImaginary
              let wpp = wp * p
              let bbReal = bReal * bReal - bImaginary * bImaginary
              let bbImaginary = 2 * bReal * bImaginary
              secondReal += wpp * bbReal
              secondImaginary += wpp * bbImaginary
              slopeReal += wp * bbReal
              slopeImaginary += wp * bbImaginary
              squareReal += w * bbReal
              squareImaginary += w * bbImaginary
              offset += 32
            }
          }
        }
      }
    }
    let scale = 1 / Double(sampleCount)
    return Sums(
      first: Complex(firstReal.sum(), firstImaginary.sum()) * scale,
      second: Complex(secondReal.sum(), secondImaginary.sum()) * scale,
      complement: Complex(restReal.sum(), restImaginary.sum()) * scale,
      trace: Complex(traceReal.sum(), traceImaginary.sum()) * (1 / weight),
      slope: Complex(slopeReal.sum(), slopeImaginary.sum()) * scale,
      square: Complex(squareReal.sum(), squareImaginary.sum()) * (1 / weight))
  }

  /// (1/n)Σ w p^a B^b at real c and z for the powers that edges and overlaps need.
  func realSums(_ c: Double, _ z: Double) -> RealSums {
    var sums = RealSums()
    let scale = 1 / Double(sampleCount)
    for node in nodes {
      let b = 1 / (c * node.scaled + node.shift - z)
      let pb = node.scaled * b
      sums.first += node.weight * pb * scale
      sums.second += node.weight * pb * pb * scale
      sums.slope += node.weight * pb * b * scale
      sums.third += node.weight * pb * pb * pb * scale
      sums.mixed += node.weight * pb * pb * b * scale
    }
    return sums
  }

  struct RealSums {
    /// (1/n)Σ w pB.
    var first = 0.0
    /// (1/n)Σ w p²B².
    var second = 0.0
    /// (1/n)Σ w pB².
    var slope = 0.0
    /// (1/n)Σ w p³B³.
    var third = 0.0
    /// (1/n)Σ w p²B³.
    var mixed = 0.0
  }
}
