namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The kind of a piece of a template's source.</summary>
internal enum TokenKind
{
    /// <summary>Text outside of tags, which is copied.</summary>
    Data,

    /// <summary>Opens an expression that is printed.</summary>
    OutputBegin,

    /// <summary>Closes an expression that is printed.</summary>
    OutputEnd,

    /// <summary>Opens the tag of a statement.</summary>
    BlockBegin,

    /// <summary>Closes the tag of a statement.</summary>
    BlockEnd,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A string literal, its escapes replaced.</summary>
    String,

    /// <summary>A number without fraction or exponent.</summary>
    Integer,

    /// <summary>A number with a fraction or exponent.</summary>
    Float,

    /// <summary>An operator or a bracket.</summary>
    Operator,

    /// <summary>The end of the source.</summary>
    End,
}
