using System.Runtime.CompilerServices;
using Antlr4.Runtime;
using Antlr4.Runtime.Atn;

namespace TickStore.Sql.Syntax;

/// <summary>
/// The base of the generated parser: it counts open rules, so that a deeply nested statement ends in an error and never
/// in a stack overflow, which no caller could catch.
/// </summary>
internal abstract class DepthLimitedParser(ITokenStream input, TextWriter output, TextWriter errorOutput)
    : Parser(input, output, errorOutput)
{
    /// <summary>Rules open at the same time; a pair of parentheses opens six, a subquery up to a dozen.</summary>
    private const int OpenRulesMax = 8 * SqlParser.NestingMax;

    private int openRules;

    /// <summary>The text that is parsed, for error messages.</summary>
    public string Sql { get; set; } = "";

    /// <summary>Replaces the generated parser's own predictor, whose cache nobody bounds.</summary>
    public void PredictWith(ParserATNSimulator predictor) => Interpreter = predictor;

    /// <inheritdoc/>
    public override void EnterRule(ParserRuleContext localctx, int state, int ruleIndex)
    {
        Descend();
        base.EnterRule(localctx, state, ruleIndex);
    }

    /// <inheritdoc/>
    public override void ExitRule()
    {
        openRules--;
        base.ExitRule();
    }

    /// <inheritdoc/>
    public override void EnterRecursionRule(ParserRuleContext localctx, int state, int ruleIndex, int precedence)
    {
        Descend();
        base.EnterRecursionRule(localctx, state, ruleIndex, precedence);
    }

    /// <inheritdoc/>
    public override void UnrollRecursionContexts(ParserRuleContext _parentctx)
    {
        openRules--;
        base.UnrollRecursionContexts(_parentctx);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        openRules = 0;
        base.Reset();
    }

    private void Descend()
    {
        if (++openRules <= OpenRulesMax && RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return;
        throw SqlParser.TooDeep(Sql, Tokens.SpanOf(CurrentToken));
    }
}
