namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Reads expressions. From loosest to tightest: <c>if else</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons, <c>+
/// -</c>, <c>~</c>, <c>* / // %</c>, <c>**</c>, sign, filters and tests, attributes, indices and calls.
/// </summary>
internal sealed class ExpressionParser
{
    private static readonly string[] _comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private readonly TokenReader _tokens;
    private readonly OperandParser _operands;

    /// <param name="tokens">Stands where the expression begins.</param>
    public ExpressionParser(TokenReader tokens)
    {
        _tokens = tokens;
        _operands = new OperandParser(tokens, this);
    }

    /// <summary>Reads one expression, from the loosest operator on.</summary>
    /// <exception cref="JinjaException">What is written is none.</exception>
    public Expression Parse()
    {
        Nesting.Guard();
        var value = ParseLeft(ParseAnd, "or");
        while (_tokens.TakeName("if"))
        {
            var condition = ParseLeft(ParseAnd, "or");
            value = new Expression.Conditional(condition, value, _tokens.TakeName("else") ? Parse() : null);
        }

        return value;
    }

    /// <summary>Reads an expression, or several with commas between them: a tuple.</summary>
    public Expression ParseTuple(Func<Expression>? parse = null)
    {
        var first = (parse ?? Parse)();
        if (!_tokens.IsOperator(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (_tokens.TakeOperator(",") && !IsTupleEnd())
        {
            items.Add((parse ?? Parse)());
        }

        return new Expression.Sequence(items, IsTuple: true);
    }

    /// <summary>Reads what a loop goes through: an expression that ends at <c>if</c>, the loop's condition.</summary>
    public Expression ParseIterable() => ParseTuple(() => ParseLeft(ParseAnd, "or"));

    private bool IsTupleEnd() =>
        _tokens.Current.Kind is TokenKind.BlockEnd or TokenKind.OutputEnd || _tokens.IsOperator(")");

    private Expression ParseAnd() => ParseLeft(ParseNot, "and");

    private Expression ParseNot()
    {
        Nesting.Guard();
        return _tokens.TakeName("not") ? new Expression.Unary("not", ParseNot()) : ParseComparison();
    }

    private Expression ParseComparison()
    {
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        while (ComparisonOperator() is { } comparison)
        {
            rest.Add((comparison, ParseSum()));
        }

        return rest.Count == 0 ? first : new Expression.Comparison(first, rest);
    }

    private string? ComparisonOperator()
    {
        if (_tokens.Current.Kind == TokenKind.Operator && _comparisons.Contains(_tokens.Current.Text))
        {
            return _tokens.Next().Text;
        }

        if (_tokens.TakeName("in"))
        {
            return "in";
        }

        // A `not` after an operand can only be that of `not in`.
        if (_tokens.TakeName("not"))
        {
            _tokens.ExpectName("in");
            return "not in";
        }

        return null;
    }

    private Expression ParseSum() => ParseLeft(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation() => ParseLeft(ParseProduct, "~");

    private Expression ParseProduct() => ParseLeft(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseLeft(() => ParseUnary(withFilters: true), "**");

    private Expression ParseLeft(Func<Expression> operand, params ReadOnlySpan<string> operators)
    {
        var left = operand();
        while (_tokens.Current.Kind is TokenKind.Operator or TokenKind.Name && operators.Contains(_tokens.Current.Text))
        {
            left = new Expression.Binary(_tokens.Next().Text, left, operand());
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Nesting.Guard();
        var value = _tokens.IsOperator("-") || _tokens.IsOperator("+")
            ? new Expression.Unary(_tokens.Next().Text, ParseUnary(withFilters: false))
            : _operands.ParsePrimary();
        value = _operands.ParsePostfix(value);
        return withFilters ? _operands.ParseFilters(value) : value;
    }
}
