/// The version of the program and its libraries, recorded in every result.
package let lacunaVersion = "0.2.0"

/// Of what a trial draws and computes: raised with every change of its numbers beyond rounding, so that trials of one study are
/// never summed up over two laws.
package let numericsVersion = 1
