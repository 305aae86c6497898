import LacunaAlgebra

/// An orthonormal basis of rows on the device, grown block by block, with its image under a symmetric matrix.
struct KrylovBasis {
  let context: DeviceContext
  /// The matrix, order × order, both triangles.
  let matrix: Block
  let order: Int
  /// Rows that fit.
  let capacity: Int
  /// Q and QA, capacity × order each.
  let rows: Block
  let images: Block
  private(set) var count = 0
  /// Q A Qᵀ, capacity × capacity, lower triangle of the first `count` rows.
  private var form: [Double]

  init(_ context: DeviceContext, matrix: Block, order: Int, capacity: Int) throws(BackendError) {
    self.context = context
    self.matrix = matrix
    self.order = order
    self.capacity = capacity
    let bytes = capacity * order * context.precision.byteCount
    rows = Block(buffer: try context.allocate(byteCount: bytes), stride: order)
    images = Block(buffer: try context.allocate(byteCount: bytes), stride: order)
    form = [Double](repeating: 0, count: capacity * capacity)
  }

  /// Appends the directions of `added` rows that the basis does not span yet.
  ///
  /// Twice: the basis projected out, then the rows' Gram G = DCD diagonalised, C = UΓUᵀ, and the rows replaced by
  /// Γ^(−½)UᵀD⁻¹ times themselves; directions whose Γ is rounding are dropped (Stathopoulos, Wu, SISC 23, 2002).
  /// - Parameter block: added × order, destroyed.
  /// - Returns: whether a direction was new.
  mutating func append(_ block: Block, added: Int) throws(BackendError) -> Bool {
    var source = block
    var spare = Block(
      buffer: try context.scratch("krylov spare", count: added * order), stride: order)
    var height = added
    for _ in 0..<2 {
      if count > 0 {
        let overlap = Block(
          buffer: try context.scratch("krylov overlap", count: added * capacity), stride: count)
        try context.gemm(
          source, rows, transposeB: true, rows: height, columns: count, inner: order, into: overlap)
        try context.gemm(
          overlap, rows, rows: height, columns: order, inner: count, alpha: -1, beta: 1,
          into: source)
      }
      let mixing = try orthonormalizing(source, height: height)
      if mixing.isEmpty { return false }
      let factor = Block(
        buffer: try context.scratch("krylov factor", count: added * added), stride: height)
      try context.write(mixing.flatMap { $0 }, to: factor.buffer)
      try context.gemm(
        factor, source, rows: mixing.count, columns: order, inner: height, into: spare)
      swap(&source, &spare)
      height = mixing.count
    }
    try context.copyRows(source, to: rows.at(count, 0), rows: height, columns: order)
    let image = images.at(count, 0)
    try context.applyToRows(source, count: height, matrix: matrix, order: order, into: image)
    let total = count + height
    let products = Block(
      buffer: try context.scratch("krylov products", count: height * capacity), stride: total)
    try context.gemm(
      image, rows, transposeB: true, rows: height, columns: total, inner: order, into: products)
    let values = try context.readReals(products.buffer, count: height * total)
    for i in 0..<height {
      for j in 0...(count + i) { form[(count + i) * capacity + j] = values[i * total + j] }
    }
    count = total
    return true
  }

  /// The combinations of rows that make them orthonormal, those with the largest Γ alone, at most what fits.
  private func orthonormalizing(_ block: Block, height: Int) throws(BackendError) -> [[Double]] {
    let gram = Block(
      buffer: try context.scratch("krylov gram", count: height * height), stride: height)
    try context.gemm(
      block, block, transposeB: true, rows: height, columns: height, inner: order, into: gram)
    var values = try context.readReals(gram.buffer, count: height * height)
    let norms = (0..<height).map { values[$0 * (height + 1)].squareRoot() }
    let inverse = norms.map { $0 > 0 && $0.isFinite ? 1 / $0 : 0 }
    for i in 0..<height {
      for j in 0..<height { values[i * height + j] *= inverse[i] * inverse[j] }
    }
    let (weights, vectors) = try SmallEigen.descending(values, order: height)
    let epsilon = context.precision == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
    let floor = 10 * Double(height) * epsilon * max(weights.first ?? 0, 0)
    return zip(weights, vectors).filter { $0.0 > floor && $0.0 > 0 }.prefix(capacity - count).map {
      weight, vector in
      zip(vector, inverse).map { $0 * $1 / weight.squareRoot() }
    }
  }

  /// Ritz values, descending, and the coefficients of their vectors in the basis.
  func ritz() throws(BackendError) -> (values: [Double], vectors: [[Double]]) {
    try SmallEigen.descending(
      (0..<count * count).map {
        $0 % count <= $0 / count ? form[$0 / count * capacity + $0 % count] : 0
      }, order: count)
  }

  /// Puts orthonormal combinations of the rows in the basis's place.
  /// - Parameters vectors, images: kept × order.
  mutating func restart(_ vectors: Block, images newImages: Block, values: [Double])
    throws(BackendError)
  {
    try context.copyRows(vectors, to: rows, rows: values.count, columns: order)
    try context.copyRows(newImages, to: images, rows: values.count, columns: order)
    count = values.count
    for i in 0..<count {
      for j in 0..<i { form[i * capacity + j] = 0 }
      form[i * capacity + i] = values[i]
    }
  }
}

extension DeviceContext {
  /// Rows of a dense matrix onto a block.
  func copyRows(_ source: Block, to target: Block, rows: Int, columns: Int) throws(BackendError) {
    try launch(
      .blocks, "store_block", items: columns, height: rows, .buffer(target.buffer),
      .uint(target.offset),
      .uint(target.stride), .buffer(source.buffer), .uint(source.offset), .uint(columns))
  }
}
