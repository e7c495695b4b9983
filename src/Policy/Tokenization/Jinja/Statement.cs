namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>A statement of a template, which <see cref="Renderer"/> carries out.</summary>
/// <param name="Line">Where it begins, counted from 1.</param>
internal abstract record Statement(int Line)
{
    /// <summary>Text outside of tags, which is copied.</summary>
    public sealed record Data(int Line, MarkedText Text) : Statement(Line);

    /// <summary><c>{{ value }}</c>: prints the value.</summary>
    public sealed record Output(int Line, Expression Value) : Statement(Line);

    /// <summary>
    /// <c>if</c>, <c>elif</c> and <c>else</c>: the first branch whose condition holds; the last may have none.
    /// </summary>
    public sealed record If(int Line, IReadOnlyList<Branch> Branches) : Statement(Line);

    /// <summary>A branch of <c>if</c>; without a condition it is that of <c>else</c>.</summary>
    public sealed record Branch(Expression? Condition, IReadOnlyList<Statement> Body);

    /// <summary>
    /// <c>for</c>: the targets take each item that the filter lets pass; <c>Otherwise</c> runs if there is none.
    /// </summary>
    public sealed record For(
        int Line,
        IReadOnlyList<Assignable> Targets,
        Expression Items,
        Expression? Filter,
        IReadOnlyList<Statement> Body,
        IReadOnlyList<Statement> Otherwise) : Statement(Line);

    /// <summary><c>set a, b = value</c>: gives each target its part of the value.</summary>
    public sealed record Set(int Line, IReadOnlyList<Assignable> Targets, Expression Value) : Statement(Line);

    /// <summary><c>set a</c> ... <c>endset</c>: takes what the body renders.</summary>
    public sealed record SetBlock(int Line, Assignable Target, IReadOnlyList<Statement> Body) : Statement(Line);

    /// <summary><c>macro</c>: a function that gives what its body renders.</summary>
    public sealed record Macro(
        int Line,
        string Name,
        IReadOnlyList<(string Name, Expression? Default)> Parameters,
        IReadOnlyList<Statement> Body) : Statement(Line);

    /// <summary><c>break</c> or <c>continue</c>, which leave the body of a loop.</summary>
    public sealed record Jump(int Line, Flow Flow) : Statement(Line);

    /// <summary>Statements that belong together, as those of <c>generation</c>.</summary>
    public sealed record Group(int Line, IReadOnlyList<Statement> Body) : Statement(Line);

    /// <summary>A target of a statement: a variable, or an attribute of a namespace.</summary>
    public sealed record Assignable(string Name, string? Attribute);
}
