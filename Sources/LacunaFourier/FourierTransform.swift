/// The discrete Fourier transform of one length, over float64, real and imaginary parts in separate arrays.
///
///     forward   X_k = Σ_j x_j e^(−2πi jk/n)        backward   x_j = Σ_k X_k e^(+2πi jk/n)
///
/// Neither direction is normalised: backward(forward(x)) = n·x. Lengths made of 2, 3 and 5 run a self-sorting
/// (Stockham) decimation in frequency of radix 4, 2, 3 and 5; any other length is a convolution with a chirp
/// (Bluestein 1970, doi:10.1109/TAU.1970.1162132) of a smooth length ≥ 2n − 1. Cost O(n log n) for every n.
///
/// A transform holds its tables and no scratch, so one value may serve several threads at a time. The error is of the
/// order of ε·log n·‖x‖₂·√n in the 2-norm of the result. A length of 0 is legal and does nothing.
public struct FourierTransform: Sendable {
  /// n, the length of a transform.
  public let count: Int
  /// Numbers of scratch that the pointer-taking variants need.
  public let workspaceCount: Int

  private enum Method: Sendable {
    case smooth(SmoothTransform)
    case chirp(ChirpTransform)
  }

  private let method: Method

  /// Tables for transforms of one length: O(n) time and storage.
  /// - Parameter count: n ≥ 0.
  public init(count: Int) {
    precondition(count >= 0, "a Fourier transform has a length of 0 or more")
    self.count = count
    if let smooth = SmoothTransform(count: count) {
      method = .smooth(smooth)
      workspaceCount = 2 * count
    } else {
      let chirp = ChirpTransform(count: count)
      method = .chirp(chirp)
      workspaceCount = chirp.workspaceCount
    }
  }

  /// x ← forward(x).
  /// - Parameters real, imaginary: n numbers each.
  public func forward(real: inout [Double], imaginary: inout [Double]) {
    precondition(real.count == count && imaginary.count == count, "a transform of length \(count)")
    withWorkspace { work in
      real.withUnsafeMutableBufferPointer { re in
        imaginary.withUnsafeMutableBufferPointer { im in
          guard let re = re.baseAddress, let im = im.baseAddress else { return }
          forward(real: re, imaginary: im, workspace: work)
        }
      }
    }
  }

  /// x ← backward(x), not normalised.
  /// - Parameters real, imaginary: n numbers each.
  public func backward(real: inout [Double], imaginary: inout [Double]) {
    // Exchanging the parts conjugates and turns by i, which changes the sign of the exponent.
    forward(real: &imaginary, imaginary: &real)
  }

  /// x ← forward(x), for inner loops: nothing is allocated.
  /// - Parameters real, imaginary: n numbers each, apart from each other.
  /// - Parameter workspace: `workspaceCount` numbers of scratch, apart from both.
  public func forward(
    real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>,
    workspace: UnsafeMutablePointer<Double>
  ) {
    switch method {
    case .smooth(let transform): transform.forward(real: real, imaginary: imaginary, workspace: workspace)
    case .chirp(let transform): transform.forward(real: real, imaginary: imaginary, workspace: workspace)
    }
  }

  /// x ← backward(x), not normalised, for inner loops: nothing is allocated.
  /// - Parameters real, imaginary: n numbers each, apart from each other.
  /// - Parameter workspace: `workspaceCount` numbers of scratch, apart from both.
  public func backward(
    real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>,
    workspace: UnsafeMutablePointer<Double>
  ) {
    forward(real: imaginary, imaginary: real, workspace: workspace)
  }

  private func withWorkspace(_ body: (UnsafeMutablePointer<Double>) -> Void) {
    guard count > 0 else { return }
    let work = UnsafeMutablePointer<Double>.allocate(capacity: workspaceCount)
    defer { work.deallocate() }
    body(work)
  }
}
