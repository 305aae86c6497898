import LacunaAlgebra
import LacunaHost

/// An element type the device computes in: `Float`, or `Double` where the device has float64.
public protocol OpenCLScalar: HostScalar {}

extension Float: OpenCLScalar {}
extension Double: OpenCLScalar {}
