/// Sums of residuals from products, dots and `leaveSamplesOut`: the samples are gone over once for each.
extension Backend {
  public func performSampleResidualSums(
    of x: Matrix, resolvent q: Matrix, terms: ResidualTerms, rows: ResidualRowTerms?
  ) throws(BackendError) -> SampleResidualSums {
    try residualSumsByProducts(of: x, resolvent: q, terms: terms, rows: rows)
  }

  /// A block of rows after the other; for the parts of a backend that has these at hand.
  package func residualSumsByProducts(
    of x: Matrix, resolvent q: Matrix, terms: ResidualTerms, rows rowTerms: ResidualRowTerms?
  ) throws(BackendError) -> SampleResidualSums {
    let d = x.columns
    var result = SampleResidualSums(coordinateCount: d)
    if rowTerms != nil { result.rows = ResidualRowSums(coordinateCount: d) }
    guard x.rows > 0, d > 0 else { return result }
    let n = Double(terms.sampleCount)
    let height = min(x.rows, rowBlock(columns: d))
    // What is a block already is not copied.
    let copies = height < x.rows ? try makeMatrix(rows: height, columns: d) : x
    let products = try makeMatrix(rows: height, columns: d)
    let rowStorage = try makeMatrix(rows: 1, columns: height)
    let columnVector = try makeMatrix(rows: 1, columns: d)
    let sizes = try vector(terms.sizes)
    let inverseSizes = try vector(terms.sizes.map { 1 / $0 })
    let diagonal = try vector(terms.diagonal)
    for first in stride(from: 0, to: x.rows, by: height) {
      let count = min(height, x.rows - first)
      let (block, r) = (copies.firstRows(count), products.firstRows(count))
      let rows = rowStorage.reshaped(rows: 1, columns: count)
      if height < x.rows {
        try gather(of: x, rows: Array(first..<first + count), into: block)
      }
      try multiply(block, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
      try rowDots(block, r, weights: nil, into: rows)
      let leverages = try doubles(rows)
      try rowDots(r, r, weights: sizes, into: rows)
      let forms = try doubles(rows)
      try rowDots(block, block, weights: inverseSizes, into: rows)
      let squares = try doubles(rows)
      let complements = leverages.map { 1 - $0 / n - terms.share }
      for i in 0..<count {
        result.add(row: first + i, complement: complements[i], form: forms[i], size: squares[i], terms: terms)
      }
      try columnDots(r, r, weights: nil, into: columnVector)
      for (k, sum) in try doubles(columnVector).enumerated() { result.squares[k] += sum }
      try upload(Element.nearest(complements), to: rows, firstRow: 0)
      try leaveSamplesOut(r, complements: rows, diagonal: diagonal, sampleCount: terms.sampleCount)
      try columnDots(r, r, weights: nil, into: columnVector)
      for (k, sum) in try doubles(columnVector).enumerated() { result.leftOut[k] += sum }
      if let rowTerms {
        try download(r).withUnsafeBufferPointer { values in
          result.rows?.add(values.baseAddress!, count: count, stride: d, terms: rowTerms)
        }
      }
    }
    return result
  }

  public func performCoordinateResidualSums(
    of x: Matrix, resolvent m: Matrix, terms: ResidualTerms
  ) throws(BackendError) -> CoordinateResidualSums {
    let (n, d) = (x.rows, x.columns)
    var result = CoordinateResidualSums(coordinateCount: d)
    guard n > 0, d > 0 else { return result }
    let width = min(d, max(256, (1 << 21) / n))
    let storage = (x: try makeMatrix(rows: n, columns: width), y: try makeMatrix(rows: n, columns: width))
    let rowStorage = try makeMatrix(rows: 1, columns: width)
    let sizes = try vector(terms.sizes)
    let inverseSizes = try vector(terms.sizes.map { 1 / $0 })
    let complements = try vector(terms.diagonal)
    for first in stride(from: 0, to: d, by: width) {
      let count = min(width, d - first)
      let block = storage.x.reshaped(rows: n, columns: count)
      let y = storage.y.reshaped(rows: n, columns: count)
      let out = rowStorage.reshaped(rows: 1, columns: count)
      try copyColumns(of: x, from: first, to: block)
      try multiply(m, transposeA: false, block, transposeB: false, alpha: 1, beta: 0, into: y)
      func sums(_ a: Matrix, _ b: Matrix, _ weights: Matrix?) throws(BackendError) -> [Double] {
        try columnDots(a, b, weights: weights, into: out)
        return try doubles(out)
      }
      let columns = first..<first + count
      result.explained.replaceSubrange(columns, with: try sums(block, y, nil))
      result.squares.replaceSubrange(columns, with: try sums(y, y, nil))
      result.forms.replaceSubrange(columns, with: try sums(y, y, sizes))
      result.sizes.replaceSubrange(columns, with: try sums(block, block, inverseSizes))
      let p = result.explained[columns].map { 1 - $0 / Double(terms.sampleCount) }
      try leaveSamplesOut(y, complements: complements, diagonal: try vector(p), sampleCount: terms.sampleCount)
      result.leftOut.replaceSubrange(columns, with: try sums(y, y, nil))
    }
    return result
  }

  private func vector(_ values: [Double]) throws(BackendError) -> Matrix {
    let vector = try makeMatrix(rows: 1, columns: values.count)
    try upload(Element.nearest(values), to: vector, firstRow: 0)
    return vector
  }
}
