import LacunaAlgebra
import LacunaFourier

/// What a circulant needs on the device: its eigenvalues at a power-of-two length, divided by it, and the roots of unity.
struct CirculantFilter {
  let length: Int
  let eigenvalues: DeviceBuffer
  let roots: DeviceBuffer
}

extension OpenCLBackend {
  public func performFilterCirculant(_ z: Matrix, eigenvalues: [Element], into out: Matrix)
    throws(BackendError)
  {
    guard z.isWhole && out.isWhole else {
      return try filterCirculantOfSlabs(z, eigenvalues: eigenvalues, into: out)
    }
    try applyCirculant(to: z, eigenvalues: eigenvalues, into: out)
  }

  public func performCirculantForms(of q: Matrix, eigenvalues: [Element], into out: Matrix)
    throws(BackendError)
  {
    if !q.isWhole { return try circulantFormsOfSlabs(q, eigenvalues: eigenvalues, into: out) }
    let filtered = try makeUninitialized(rows: q.rows, columns: q.columns)
    try applyCirculant(to: q, eigenvalues: eigenvalues, into: filtered)
    try rowDots(q, filtered, weights: nil, into: out)
  }

  /// Filters the rows of z, padded with zeros to the circulant's size, into the first columns of the filtered rows.
  ///
  /// Pairs of rows go through the transforms together, as many at a time as 64 MiB of workspace hold.
  private func applyCirculant(to z: Matrix, eigenvalues: [Element], into out: Matrix)
    throws(BackendError)
  {
    if out.count == 0 { return }
    try context.lock.held { () throws(BackendError) in
      let filter = try context.circulantFilter(Element.doubles(eigenvalues))
      let length = filter.length
      let pairs = max(
        1, min((z.rows + 1) / 2, (64 << 20) / (4 * length * context.precision.byteCount)))
      var current = try context.scratch("circulant 1", count: 2 * pairs * length)
      var next = try context.scratch("circulant 2", count: 2 * pairs * length)
      let sizes = try context.scratch("circulant sizes", count: z.rows)
      try context.launch(
        .circulant, "circulant_size", groups: z.rows, .buffer(z.buffer), .uint(z.columns),
        .buffer(sizes))
      for first in stride(from: 0, to: z.rows, by: 2 * pairs) {
        let height = min(pairs, (z.rows - first + 1) / 2)
        try context.launch(
          .circulant, "circulant_pack", items: length, height: height, .buffer(z.buffer),
          .uint(first), .uint(z.rows),
          .uint(z.columns), .buffer(sizes), .buffer(current), .uint(length))
        for direction in [-1, 1] {
          var span = 1
          while span < length {
            try context.launch(
              .circulant, "circulant_stage", items: length / 2, height: height, .buffer(current),
              .buffer(next),
              .uint(length), .uint(span), .int(direction), .buffer(filter.roots))
            swap(&current, &next)
            span *= 2
          }
          if direction == -1 {
            try context.launch(
              .circulant, "circulant_filter", items: length, height: height, .buffer(current),
              .uint(length),
              .buffer(filter.eigenvalues))
          }
        }
        try context.launch(
          .circulant, "circulant_unpack", items: out.columns, height: height, .buffer(current),
          .uint(length),
          .uint(first), .uint(z.rows), .buffer(sizes), .buffer(out.buffer), .uint(out.columns))
      }
    }
  }
}

extension DeviceContext {
  /// The filter of a symmetric circulant with these eigenvalues, kept from call to call.
  ///
  /// Where m is no power of two the circulant becomes a corner of a larger one: its first column c is repeated so that
  /// h_k = h_(M−k) = c_k for 0 ≤ k < m, M a power of two ≥ 2m − 1; then the first m entries of the M-circulant of h,
  /// applied to z padded with zeros, are those of C z. h is symmetric, so its transform is real.
  func circulantFilter(_ eigenvalues: [Double]) throws(BackendError) -> CirculantFilter {
    if let kept = circulants.first(where: { $0.eigenvalues == eigenvalues }) { return kept.filter }
    let m = eigenvalues.count
    var spectrum = eigenvalues
    let isPower = m & (m - 1) == 0
    let length = isPower ? m : powerOfTwo(atLeast: 2 * m - 1)
    if !isPower {
      let column = Self.transform(eigenvalues).map { $0 / Double(m) }
      var extended = [Double](repeating: 0, count: length)
      for k in 0..<m {
        extended[k] = column[k]
        if k > 0 { extended[length - k] = column[k] }
      }
      spectrum = Self.transform(extended)
    }
    let filter = CirculantFilter(
      length: length, eigenvalues: try place(spectrum.map { $0 / Double(length) }),
      roots: try place(RootsOfUnity.interleaved(of: length, count: max(length / 2, 1))))
    if circulants.count == 4 { circulants.removeFirst() }
    circulants.append((eigenvalues, filter))
    return filter
  }

  /// The transform of a real symmetric sequence, which is real.
  private static func transform(_ values: [Double]) -> [Double] {
    var (real, imaginary) = (values, [Double](repeating: 0, count: values.count))
    FourierTransform(count: values.count).forward(real: &real, imaginary: &imaginary)
    return real
  }

  private func powerOfTwo(atLeast n: Int) -> Int {
    var power = 1
    while power < n { power *= 2 }
    return power
  }

  /// Host numbers in a buffer of their own, in the context's precision.
  func place(_ values: [Double]) throws(BackendError) -> DeviceBuffer {
    let buffer = try allocate(byteCount: values.count * precision.byteCount)
    try write(values, to: buffer)
    return buffer
  }

  /// Writes host numbers in the context's precision.
  func write(_ values: [Double], to buffer: DeviceBuffer) throws(BackendError) {
    if precision == .float64 {
      try write(values, to: buffer, at: 0)
    } else {
      try write(values.map { Float($0) }, to: buffer, at: 0)
    }
  }
}
