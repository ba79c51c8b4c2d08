namespace TickStore.Execution;

/// <summary>
/// The end of one step of a circuit: all rows up to a commit's end have been pushed. Reused from step to step.
/// </summary>
public sealed class CircuitStep
{
    private long[] watermarks = [];

    /// <summary>The last <c>_seq</c> that the step covers: the end of a commit.</summary>
    public long Sequence { get; set; }

    /// <summary>
    /// The watermark of an input at <see cref="Sequence"/>, in nanoseconds: no row below it is expected any more. The least value at first.
    /// </summary>
    /// <param name="input">Index among the circuit's inputs.</param>
    public long WatermarkOf(int input) => (uint)input < (uint)watermarks.Length ? watermarks[input] : long.MinValue;

    /// <summary>Forgets the watermarks of all inputs, for the step of another circuit.</summary>
    public void ForgetWatermarks() => watermarks.AsSpan().Fill(long.MinValue);

    /// <summary>Notes the watermark of an input. Allocates for an input not seen before only.</summary>
    public void SetWatermark(int input, long nanos)
    {
        if (input >= watermarks.Length)
        {
            var old = watermarks.Length;
            Array.Resize(ref watermarks, input + 1);
            watermarks.AsSpan(old).Fill(long.MinValue);
        }

        watermarks[input] = nanos;
    }
}
