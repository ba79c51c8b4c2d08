using System.Text;

namespace TickStore.Cli;

/// <summary>
/// Reads a line with the keys that people know from shells: arrows, Home and End, Ctrl-A/E/K/U/W/L, Up and Down
/// through the history. A line that is wider than the terminal scrolls sideways. Line ends inside an entry of the
/// history are shown as spaces.
/// </summary>
internal sealed class LineEditor(PromptHistory history)
{
    private readonly StringBuilder text = new();
    private int cursor;
    private int historyIndex;
    private string typed = string.Empty;

    /// <summary>What was typed before.</summary>
    public PromptHistory History { get; } = history;

    /// <summary>Reads a line.</summary>
    /// <param name="prompt">Shown before it.</param>
    /// <param name="ended">True after Ctrl-D on an empty line, or where the terminal is gone.</param>
    /// <returns>The line, or null where Ctrl-C dropped it.</returns>
    public string? ReadLine(string prompt, out bool ended)
    {
        text.Clear();
        cursor = 0;
        historyIndex = History.Count;
        ended = false;
        Console.TreatControlCAsInput = true;
        try
        {
            while (true)
            {
                Draw(prompt);
                var key = Console.ReadKey(intercept: true);
                var isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
                if (key.Key == ConsoleKey.Enter)
                {
                    cursor = text.Length;
                    Draw(prompt);
                    Console.Write('\n');
                    return text.ToString();
                }

                if (isControl && key.Key == ConsoleKey.C)
                {
                    Console.Write("^C\n");
                    return null;
                }

                if (isControl && key.Key == ConsoleKey.D && text.Length == 0)
                {
                    Console.Write('\n');
                    ended = true;
                    return null;
                }

                Apply(key, isControl);
            }
        }
        catch (InvalidOperationException)
        {
            ended = true;
            return null;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private void Apply(ConsoleKeyInfo key, bool isControl)
    {
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                cursor = Before(cursor);
                break;
            case ConsoleKey.RightArrow:
                cursor = After(cursor);
                break;
            case ConsoleKey.Home:
                cursor = 0;
                break;
            case ConsoleKey.End:
                cursor = text.Length;
                break;
            case ConsoleKey.UpArrow:
                Recall(historyIndex - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(historyIndex + 1);
                break;
            case ConsoleKey.Backspace:
                Remove(Before(cursor), cursor);
                break;
            case ConsoleKey.Delete:
                Remove(cursor, After(cursor));
                break;
            case ConsoleKey.A when isControl:
                cursor = 0;
                break;
            case ConsoleKey.E when isControl:
                cursor = text.Length;
                break;
            case ConsoleKey.B when isControl:
                cursor = Before(cursor);
                break;
            case ConsoleKey.F when isControl:
                cursor = After(cursor);
                break;
            case ConsoleKey.P when isControl:
                Recall(historyIndex - 1);
                break;
            case ConsoleKey.N when isControl:
                Recall(historyIndex + 1);
                break;
            case ConsoleKey.D when isControl:
                Remove(cursor, After(cursor));
                break;
            case ConsoleKey.H when isControl:
                Remove(Before(cursor), cursor);
                break;
            case ConsoleKey.K when isControl:
                Remove(cursor, text.Length);
                break;
            case ConsoleKey.U when isControl:
                Remove(0, cursor);
                break;
            case ConsoleKey.W when isControl:
                Remove(WordStart(), cursor);
                break;
            case ConsoleKey.L when isControl:
                Console.Clear();
                break;
            case ConsoleKey.Tab:
                Insert(' ');
                break;
            default:
                if (key.KeyChar != 0 && !char.IsControl(key.KeyChar))
                {
                    Insert(key.KeyChar);
                }

                break;
        }
    }

    private void Insert(char character) => text.Insert(cursor++, character);

    private void Remove(int start, int end)
    {
        text.Remove(start, end - start);
        cursor = start;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > History.Count || index == historyIndex)
        {
            return;
        }

        if (historyIndex == History.Count)
        {
            typed = text.ToString();
        }

        historyIndex = index;
        text.Clear().Append(index == History.Count ? typed : History[index]);
        cursor = text.Length;
    }

    // A character beyond the first 65,536 is two units, which the cursor passes at once.
    private int Before(int at) =>
        at == 0 ? 0
        : at > 1 && char.IsLowSurrogate(text[at - 1]) ? at - 2
        : at - 1;

    private int After(int at) =>
        at == text.Length ? at
        : char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? at + 2
        : at + 1;

    private int WordStart()
    {
        var at = cursor;
        while (at > 0 && char.IsWhiteSpace(text[at - 1]))
            at--;
        while (at > 0 && !char.IsWhiteSpace(text[at - 1]))
            at--;
        return at;
    }

    private void Draw(string prompt)
    {
        var room = Math.Max(Terminal.Width - prompt.Length - 1, 10);
        var shown = text.ToString().Replace('\n', ' ');
        var start = 0;
        while (CellWidth.Of(shown.AsSpan(start, cursor - start)) > room)
        {
            start += char.IsHighSurrogate(shown[start]) ? 2 : 1;
        }

        var end = start;
        var width = 0;
        foreach (var rune in shown.AsSpan(start).EnumerateRunes())
        {
            width += CellWidth.Of(rune);
            if (width > room)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        // Back to the line's start, write, clear what is left of it, and move to the cursor.
        var column = prompt.Length + CellWidth.Of(shown.AsSpan(start, cursor - start));
        Console.Write($"\r{prompt}{shown[start..end]}\e[K\r\e[{column}C");
    }
}
