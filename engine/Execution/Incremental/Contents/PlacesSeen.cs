using System.Numerics;

namespace TickStore.Execution;

/// <summary>The places that a stretch of rows has touched. Emptied by counting on, not by clearing.</summary>
internal sealed class PlacesSeen
{
    private (int Number, int Round)[] slots = new (int, int)[128];
    private int round;

    public void Restart(int rowCount)
    {
        round++;
        if (slots.Length < 2 * rowCount || round == int.MaxValue)
        {
            var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(128, 2 * rowCount));
            slots = new (int, int)[size];
            round = 1;
        }
    }

    public bool TryAdd(int number)
    {
        var mask = slots.Length - 1;
        var at = (int)(((uint)number * 0x9E37_79B9u) >> 7) & mask;
        while (slots[at].Round == round)
        {
            if (slots[at].Number == number)
            {
                return false;
            }

            at = (at + 1) & mask;
        }

        slots[at] = (number, round);
        return true;
    }
}
