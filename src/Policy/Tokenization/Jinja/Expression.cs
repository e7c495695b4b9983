namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>An expression of a template, which <see cref="ExpressionEvaluator"/> computes.</summary>
internal abstract record Expression
{
    /// <summary>A value that the template states itself: a number, a text, true, false or none.</summary>
    public sealed record Literal(object? Value) : Expression;

    /// <summary>The value of a variable.</summary>
    public sealed record Name(string Text) : Expression;

    /// <summary>A list <c>[a, b]</c> or a tuple <c>(a, b)</c>.</summary>
    public sealed record Sequence(IReadOnlyList<Expression> Items, bool IsTuple) : Expression;

    /// <summary>A dictionary <c>{a: b}</c>.</summary>
    public sealed record Mapping(IReadOnlyList<(Expression Key, Expression Value)> Entries) : Expression;

    /// <summary><c>-a</c>, <c>+a</c> or <c>not a</c>.</summary>
    public sealed record Unary(string Operator, Expression Operand) : Expression;

    /// <summary><c>a + b</c> and the like, also <c>and</c>, <c>or</c> and <c>~</c>.</summary>
    public sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

    /// <summary><c>a &lt; b &lt;= c</c>: true if every neighbouring pair compares so.</summary>
    public sealed record Comparison(
        Expression First,
        IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression;

    /// <summary><c>a if c else b</c>; without <c>else</c> undefined.</summary>
    public sealed record Conditional(Expression Condition, Expression Then, Expression? Else) : Expression;

    /// <summary>An attribute <c>a.b</c> of a value.</summary>
    public sealed record Attribute(Expression Target, string Member) : Expression;

    /// <summary>An item <c>a[b]</c> of a value.</summary>
    public sealed record Item(Expression Target, Expression Key) : Expression;

    /// <summary>A part <c>a[start:stop:step]</c> of a list or text.</summary>
    public sealed record Slice(Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression;

    /// <summary>A call <c>f(a, b=c)</c> of a function or method.</summary>
    public sealed record Call(Expression Target, CallArguments Arguments) : Expression;

    /// <summary>A filter <c>a | f(b)</c>.</summary>
    public sealed record Filter(Expression Operand, string Function, CallArguments Arguments) : Expression;

    /// <summary>A test <c>a is f(b)</c>.</summary>
    public sealed record Test(Expression Operand, string Function, CallArguments Arguments) : Expression;

    /// <summary>The arguments of a call as they are written.</summary>
    public sealed record CallArguments(
        IReadOnlyList<Expression> Positional,
        IReadOnlyList<(string Name, Expression Value)> Named)
    {
        /// <summary>The arguments of a call without any.</summary>
        public static CallArguments None { get; } = new([], []);
    }
}
