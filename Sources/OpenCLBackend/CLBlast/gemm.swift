import CCLBlast
import COpenCL
import LinearAlgebra

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
  /// A row-major matrix is the transpose of a column-major one, so cᵀ = op(b)ᵀ·op(a)ᵀ is what CLBlast is asked for.
  /// It pads and rearranges operands into temporaries unless they fit its tiles; those live in one scratch buffer, and a
  /// product whose temporaries would be too large for a buffer or for 32-bit indices is cut in two.
  func gemm(
    _ a: Block, transposeA: Bool = false, _ b: Block, transposeB: Bool = false, rows: Int, columns: Int, inner: Int,
    alpha: Double = 1, beta: Double = 0, into c: Block
  ) throws(BackendError) {
    if rows == 0 || columns == 0 { return }
    precondition(inner > 0, "a product over nothing is the caller's to settle")
    try lock.held { () throws(BackendError) in
      try CLBlast.lock.held { () throws(BackendError) in
        let bytes = try temporaryBytes(a, transposeA, b, transposeB, rows, columns, inner, c)
        let limit = min(device.largestAllocation / 2, precision.byteCount << 30)
        if bytes > limit, max(rows, columns) > 256 {
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
        let temporary = bytes > 0 ? try scratch("gemm", byteCount: bytes) : nil
        try Status.check(faults.launch("gemm"), "CLBlastGemm")
        try call(a, transposeA, b, transposeB, rows, columns, inner, alpha, beta, c, temporary)
      }
    }
  }

  private func flag(_ transpose: Bool) -> CLBlastTranspose { transpose ? CLBlastTransposeYes : CLBlastTransposeNo }

  private func temporaryBytes(
    _ a: Block, _ transposeA: Bool, _ b: Block, _ transposeB: Bool, _ rows: Int, _ columns: Int, _ inner: Int,
    _ c: Block
  ) throws(BackendError) -> Int {
    var queue: cl_command_queue? = self.queue
    var bytes = 0
    let status =
      precision == .float32
      ? CLBlastSGemmTempBufferSize(
        CLBlastLayoutColMajor, flag(transposeB), flag(transposeA), columns, rows, inner, b.offset, b.stride, a.offset,
        a.stride, c.offset, c.stride, &queue, &bytes)
      : CLBlastDGemmTempBufferSize(
        CLBlastLayoutColMajor, flag(transposeB), flag(transposeA), columns, rows, inner, b.offset, b.stride, a.offset,
        a.stride, c.offset, c.stride, &queue, &bytes)
    try CLBlast.check(status, "CLBlastGemmTempBufferSize", device)
    return bytes
  }

  private func call(
    _ a: Block, _ transposeA: Bool, _ b: Block, _ transposeB: Bool, _ rows: Int, _ columns: Int, _ inner: Int,
    _ alpha: Double, _ beta: Double, _ c: Block, _ temporary: DeviceBuffer?
  ) throws(BackendError) {
    var queue: cl_command_queue? = self.queue
    let status =
      precision == .float32
      ? CLBlastSgemmWithTempBuffer(
        CLBlastLayoutColMajor, flag(transposeB), flag(transposeA), columns, rows, inner, Float(alpha), b.buffer.memory,
        b.offset, b.stride, a.buffer.memory, a.offset, a.stride, Float(beta), c.buffer.memory, c.offset, c.stride,
        &queue,
        nil, temporary?.memory)
      : CLBlastDgemmWithTempBuffer(
        CLBlastLayoutColMajor, flag(transposeB), flag(transposeA), columns, rows, inner, alpha, b.buffer.memory,
        b.offset,
        b.stride, a.buffer.memory, a.offset, a.stride, beta, c.buffer.memory, c.offset, c.stride, &queue, nil,
        temporary?.memory)
    try CLBlast.check(status, "CLBlast\(precision == .float32 ? "S" : "D")gemm", device)
  }
}
