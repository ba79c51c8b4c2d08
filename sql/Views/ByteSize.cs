using System.Globalization;

namespace TickStore.Sql.Views;

/// <summary>Numbers of bytes as people write them.</summary>
internal static class ByteSize
{
    /// <summary>Reads digits and a unit: B, KB, MB, GB or TB (powers of 1024, case ignored); without a unit bytes.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.Trim();
        var digits = trimmed.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ");
        var unit = trimmed[digits.Length..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 0,
            "KB" => 10,
            "MB" => 20,
            "GB" => 30,
            "TB" => 40,
            _ => -1,
        };
        if (unit < 0 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        if (count > long.MaxValue >> unit)
            return false;
        bytes = count << unit;
        return true;
    }
}
