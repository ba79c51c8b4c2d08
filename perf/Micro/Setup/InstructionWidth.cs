namespace TickStore.Micro.Setup;

/// <summary>
/// One instruction set that a machine may have. The runtime reads these switches when it starts, so each needs a
/// process of its own.
/// </summary>
/// <param name="Name">As results show it.</param>
/// <param name="Switches">Environment variables that take wider instructions away.</param>
public sealed record InstructionWidth(string Name, IReadOnlyList<(string Name, string Value)> Switches)
{
    /// <summary>All that the machine has.</summary>
    public static InstructionWidth Native { get; } = new("native", []);

    /// <summary>Native first, then one step down each.</summary>
    public static IReadOnlyList<InstructionWidth> All { get; } =
    [
        Native,
        new("avx2", [("DOTNET_EnableAVX512", "0")]),
        new("vector128", [("DOTNET_EnableAVX2", "0")]),
        new("scalar", [("DOTNET_EnableHWIntrinsic", "0")]),
    ];
}
