#if MPI
  import CScaLAPACK
  import LacunaHost

  /// A scalar that ScaLAPACK computes in.
  public protocol DistributedScalar: HostScalar {
    /// The routines of all ranks in this precision.
    static var distributed: DistributedRoutines<Self> { get }
  }

  extension Float: DistributedScalar {
    public static let distributed = DistributedRoutines<Float>(
      gemr2d: psgemr2d_, sytrd: pssytrd_, ormtr: psormtr_)
  }

  extension Double: DistributedScalar {
    public static let distributed = DistributedRoutines<Double>(
      gemr2d: pdgemr2d_, sytrd: pdsytrd_, ormtr: pdormtr_)
  }

  /// The routines of all ranks of one precision, under the names they share; a rank's own are `HostRoutines`.
  public struct DistributedRoutines<Element>: Sendable {
    typealias In = UnsafePointer<Element>?
    typealias InOut = UnsafeMutablePointer<Element>?
    typealias Character = UnsafePointer<CChar>?
    typealias Size = UnsafePointer<CInt>?
    typealias Info = UnsafeMutablePointer<CInt>?

    let gemr2d: @Sendable (Size, Size, In, Size, Size, Size, InOut, Size, Size, Size, Size) -> Void
    let sytrd: @Sendable (Character, Size, InOut, Size, Size, Size, InOut, InOut, InOut, InOut, Size, Info, Int) -> Void
    let ormtr:
      @Sendable (
        Character, Character, Character, Size, Size, In, Size, Size, Size, In, InOut, Size, Size, Size, InOut, Size,
        Info, Int, Int, Int
      ) -> Void
  }
#endif
