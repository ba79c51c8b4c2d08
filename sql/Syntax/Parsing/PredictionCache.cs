using Antlr4.Runtime.Atn;
using Antlr4.Runtime.Dfa;
using TickStore.Sql.Syntax.Generated;

namespace TickStore.Sql.Syntax;

/// <summary>
/// What the parsers of this process have learned about looking ahead, shared so that the second query of a kind parses
/// fast. The runtime lets it grow with every new text; here it is dropped and learned anew past a limit, so that a
/// stream of odd queries cannot use up memory.
/// </summary>
internal sealed class PredictionCache
{
    /// <summary>Some ten megabytes; the usual statements need a few hundred states.</summary>
    private const int StatesMax = 20_000;

    private static volatile PredictionCache current = new();

    private readonly DFA[] decisions;
    private readonly PredictionContextCache contexts = new();

    private PredictionCache()
    {
        var atn = TickSqlParser._ATN;
        decisions = new DFA[atn.NumberOfDecisions];
        for (var i = 0; i < decisions.Length; i++)
            decisions[i] = new DFA(atn.GetDecisionState(i), i);
    }

    /// <summary>Makes the parser use the shared cache.</summary>
    public static void Attach(TickSqlParser parser)
    {
        var cache = current;
        if (cache.StateCount > StatesMax)
            current = cache = new PredictionCache();
        parser.PredictWith(new ParserATNSimulator(parser, TickSqlParser._ATN, cache.decisions, cache.contexts));
    }

    private int StateCount
    {
        get
        {
            var count = 0;
            foreach (var decision in decisions)
                count += decision.states.Count;
            return count;
        }
    }
}
