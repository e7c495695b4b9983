namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// What is wrong with a template, or with the values it is given; <see cref="JinjaTemplate"/> adds where.
/// </summary>
internal sealed class JinjaException : Exception
{
    /// <summary>An error whose place is known from what is being evaluated.</summary>
    public JinjaException(string message)
        : base(message)
    {
    }

    /// <summary>An error at a line of the template, counted from 1.</summary>
    public JinjaException(int line, string message)
        : base(message) => Line = line;

    /// <summary>An error at the line of a statement, with its cause.</summary>
    public JinjaException(int line, JinjaException cause)
        : base(cause.Message, cause) => Line = line;

    /// <summary>Line of the template; null while not known.</summary>
    public int? Line { get; }
}
