import CCLBlast
import COpenCL
import LacunaAlgebra

/// A row-major block inside a buffer.
struct Block {
  let buffer: DeviceBuffer
  /// Elements before the first.
  var offset = 0
  /// Elements from one row to the next.
  let stride: Int

  /// The block that starts at this row and column of this one.
  func at(_ row: Int, _ column: Int) -> Block {
    Block(buffer: buffer, offset: offset + row * stride + column, stride: stride)
  }
}

extension DeviceContext {
  /// c ← alpha · op(a) · op(b) + beta · c for row-major blocks, c being rows × columns and op(a) rows × inner.
  ///
  /// CLBlast pads and rearranges operands into temporaries unless they fit its tiles; those live in one scratch buffer. A
  /// product is cut in two where its temporaries would be too large, for `largestTemporary` or for what the device has left,
  /// and where it would run for too long. Where matrix units multiply, large products are theirs, and need no temporaries.
  func gemm(
    _ a: Block, transposeA: Bool = false, _ b: Block, transposeB: Bool = false, rows: Int, columns: Int, inner: Int,
    alpha: Double = 1, beta: Double = 0, into c: Block
  ) throws(BackendError) {
    if rows == 0 || columns == 0 { return }
    precondition(inner > 0, "a product over nothing is the caller's to settle")
    if let kernel = largeProducts.kernel, rows * columns * inner >= Self.smallestLarge {
      return try tiles(
        a, transposeA: transposeA, b, transposeB: transposeB, rows: rows, columns: columns, inner: inner, alpha: alpha,
        beta: beta, by: kernel, into: c)
    }
    try lock.held { () throws(BackendError) in
      try CLBlast.lock.held { () throws(BackendError) in
        let product = BlastProduct(
          a, transposeA, b, transposeB, rows: rows, columns: columns, inner: inner, into: c,
          isRowMajor: CLBlast.tiling(device, precision: precision)?.isRowMajor ?? false)
        let bytes = try product.temporaryBytes(self)
        let isDivisible = max(rows, columns) > 256
        var temporary: DeviceBuffer?
        let isLong = isDivisible && rows * columns > longestProduct / (2 * inner)
        if bytes > 0 || isLong {
          let limit = largestTemporary(order: max(rows, columns, inner))
          if !isLong, bytes <= limit || !isDivisible {
            do throws(BackendError) {
              temporary = try productScratch(bytes, limit: limit)
            } catch {
              guard case .outOfMemory = error, isDivisible else { throw error }
            }
          }
          if temporary == nil {
            let half = (max(rows, columns) / 2).rounded(upTo: 128)
            if rows >= columns {
              try gemm(
                a, transposeA: transposeA, b, transposeB: transposeB, rows: half, columns: columns, inner: inner,
                alpha: alpha, beta: beta, into: c)
              try gemm(
                transposeA ? a.at(0, half) : a.at(half, 0), transposeA: transposeA, b, transposeB: transposeB,
                rows: rows - half, columns: columns, inner: inner, alpha: alpha, beta: beta, into: c.at(half, 0))
            } else {
              try gemm(
                a, transposeA: transposeA, b, transposeB: transposeB, rows: rows, columns: half, inner: inner,
                alpha: alpha, beta: beta, into: c)
              try gemm(
                a, transposeA: transposeA, transposeB ? b.at(half, 0) : b.at(0, half), transposeB: transposeB,
                rows: rows, columns: columns - half, inner: inner, alpha: alpha, beta: beta, into: c.at(0, half))
            }
            return
          }
        }
        try Status.check(faults.launch("gemm"), "CLBlastGemm")
        try product.queue(alpha: alpha, beta: beta, temporary: temporary, self)
      }
    }
  }

  /// Multiplications from which CLBlast rearranges on GPUs, 256³.
  private static var smallestLarge: Int { 1 << 24 }

  /// Bytes that a product of so large an order may rearrange at a time: a quarter of such a matrix with two panels, 256 MiB
  /// where the device has plenty, and what fits a buffer and 32-bit indices.
  func largestTemporary(order: Int) -> Int {
    let size = precision.byteCount
    let least = min(256 << 20, device.globalMemory / 16)
    return min(device.largestAllocation / 2, size << 30, max(least, size * order * (order / 4 + 1024)))
  }

  /// The scratch buffer of products, grown to twice its size at a time where that is there to have.
  private func productScratch(_ bytes: Int, limit: Int) throws(BackendError) -> DeviceBuffer {
    let kept = keptScratch("gemm")?.byteCount ?? 0
    let roomy = min(max(bytes, kept < bytes ? 2 * kept : 0), max(limit, bytes))
    do throws(BackendError) {
      return try scratch("gemm", byteCount: roomy)
    } catch {
      guard case .outOfMemory = error, roomy > bytes else { throw error }
      return try scratch("gemm", byteCount: bytes)
    }
  }
}

/// A product as CLBlast is asked for it.
///
/// Its kernels take row-major matrices as they are, or column-major ones, by the tiling, and rearrange what lies otherwise, the
/// result included. A row-major matrix being the transpose of a column-major one, the second kind computes
/// cᵀ = op(b)ᵀ·op(a)ᵀ.
private struct BlastProduct {
  private let layout: CLBlastLayout
  private let first, second, result: Block
  private let firstFlag, secondFlag: CLBlastTranspose
  private let height, width, inner: Int

  init(
    _ a: Block, _ transposeA: Bool, _ b: Block, _ transposeB: Bool, rows: Int, columns: Int, inner: Int, into c: Block,
    isRowMajor: Bool
  ) {
    func flag(_ transpose: Bool) -> CLBlastTranspose { transpose ? CLBlastTransposeYes : CLBlastTransposeNo }
    layout = isRowMajor ? CLBlastLayoutRowMajor : CLBlastLayoutColMajor
    (first, firstFlag, height) = isRowMajor ? (a, flag(transposeA), rows) : (b, flag(transposeB), columns)
    (second, secondFlag, width) = isRowMajor ? (b, flag(transposeB), columns) : (a, flag(transposeA), rows)
    self.inner = inner
    result = c
  }

  func temporaryBytes(_ context: DeviceContext) throws(BackendError) -> Int {
    var queue: cl_command_queue? = context.queue
    var bytes = 0
    let size = context.precision == .float32 ? CLBlastSGemmTempBufferSize : CLBlastDGemmTempBufferSize
    let status = size(
      layout, firstFlag, secondFlag, height, width, inner, first.offset, first.stride, second.offset, second.stride,
      result.offset, result.stride, &queue, &bytes)
    try CLBlast.check(status, "CLBlastGemmTempBufferSize", context.device)
    return bytes
  }

  func queue(alpha: Double, beta: Double, temporary: DeviceBuffer?, _ context: DeviceContext) throws(BackendError) {
    var queue: cl_command_queue? = context.queue
    let status =
      context.precision == .float32
      ? CLBlastSgemmWithTempBuffer(
        layout, firstFlag, secondFlag, height, width, inner, Float(alpha), first.buffer.memory, first.offset,
        first.stride, second.buffer.memory, second.offset, second.stride, Float(beta), result.buffer.memory,
        result.offset, result.stride, &queue, nil, temporary?.memory)
      : CLBlastDgemmWithTempBuffer(
        layout, firstFlag, secondFlag, height, width, inner, alpha, first.buffer.memory, first.offset, first.stride,
        second.buffer.memory, second.offset, second.stride, beta, result.buffer.memory, result.offset, result.stride,
        &queue, nil, temporary?.memory)
    try CLBlast.check(status, "CLBlast\(context.precision == .float32 ? "S" : "D")gemm", context.device)
  }
}
