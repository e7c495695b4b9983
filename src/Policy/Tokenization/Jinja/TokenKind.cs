namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>What a piece of a template's source is.</summary>
internal enum TokenKind
{
    /// <summary>Text that is copied.</summary>
    Data,

    /// <summary>Opens an expression to print.</summary>
    OutputBegin,

    /// <summary>Closes an expression to print.</summary>
    OutputEnd,

    /// <summary>Opens a statement.</summary>
    BlockBegin,

    /// <summary>Closes a statement.</summary>
    BlockEnd,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A string literal.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction or exponent.</summary>
    Float,

    /// <summary>An operator or a bracket.</summary>
    Operator,

    /// <summary>The end of the source.</summary>
    End,
}
