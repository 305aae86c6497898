import CCLBlast
import COpenCL
import LacunaAlgebra

/// Equal blocks at equal distances inside a buffer.
struct Blocks {
  let first: Block
  /// Elements from one block to the next.
  let distance: Int

  func at(_ row: Int, _ column: Int) -> Blocks { Blocks(first: first.at(row, column), distance: distance) }
}

extension DeviceContext {
  /// c_i ← alpha · a_i b_i for `count` small products at once: those that CLBlast's one-kernel route takes.
  func gemm(
    _ a: Blocks, _ b: Blocks, rows: Int, columns: Int, inner: Int, alpha: Double = 1, into c: Blocks, count: Int
  ) throws(BackendError) {
    if rows == 0 || columns == 0 || count == 0 { return }
    try lock.held { () throws(BackendError) in
      try CLBlast.lock.held { () throws(BackendError) in
        try Status.check(faults.launch("gemm"), "CLBlastGemmStridedBatched")
        var queue: cl_command_queue? = self.queue
        // Row-major blocks are the transposes of column-major ones: cᵀ = bᵀaᵀ.
        let status =
          precision == .float32
          ? CLBlastSgemmStridedBatched(
            CLBlastLayoutColMajor, CLBlastTransposeNo, CLBlastTransposeNo, columns, rows, inner, Float(alpha),
            b.first.buffer.memory, b.first.offset, b.first.stride, b.distance, a.first.buffer.memory, a.first.offset,
            a.first.stride, a.distance, 0, c.first.buffer.memory, c.first.offset, c.first.stride, c.distance, count,
            &queue, nil)
          : CLBlastDgemmStridedBatched(
            CLBlastLayoutColMajor, CLBlastTransposeNo, CLBlastTransposeNo, columns, rows, inner, alpha,
            b.first.buffer.memory, b.first.offset, b.first.stride, b.distance, a.first.buffer.memory, a.first.offset,
            a.first.stride, a.distance, 0, c.first.buffer.memory, c.first.offset, c.first.stride, c.distance, count,
            &queue, nil)
        try CLBlast.check(status, "CLBlastGemmStridedBatched", device)
      }
    }
  }
}
