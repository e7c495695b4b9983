using System.Buffers.Binary;
using System.Text;

namespace R1Reward.Policy.Pickled;

/// <summary>
/// Reads a pickle (protocols 2 to 5) that holds tensors by name and nothing else. Python's pickles are programs that
/// may call anything; this reader knows the instructions that build dictionaries, lists, tuples, numbers and texts, and
/// the calls of <see cref="PickleCalls"/>.
/// </summary>
/// <param name="program">The whole pickle.</param>
internal sealed class PickleReader(byte[] program)
{
    private static readonly object _mark = new();

    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _at;

    /// <summary>The value that the pickle builds.</summary>
    /// <exception cref="PickleException">It is broken, or asks for what rebuilds no tensor.</exception>
    internal object? Read()
    {
        try
        {
            while (true)
            {
                var instruction = (char)program[_at++];
                if (instruction == '.')
                {
                    return Pop();
                }

                Do(instruction);
            }
        }
        catch (Exception broken) when (broken is IndexOutOfRangeException or ArgumentException
            or InvalidCastException or KeyNotFoundException or DecoderFallbackException or OverflowException)
        {
            throw Damaged();
        }
    }

    private void Do(char instruction)
    {
        switch (instruction)
        {
            case '\x80':
                _at++;
                break;
            case '\x95':
                _at += 8;
                break;
            case '}':
                _stack.Add(new Dictionary<string, object?>());
                break;
            case ']':
                _stack.Add(new List<object?>());
                break;
            case ')':
                _stack.Add(Array.Empty<object?>());
                break;
            case '(':
                _stack.Add(_mark);
                break;
            case 'N':
                _stack.Add(null);
                break;
            case '\x88' or '\x89':
                _stack.Add(instruction == '\x88');
                break;
            case 't':
                _stack.Add(PopToMark());
                break;
            case '\x85' or '\x86' or '\x87':
                Tuple(instruction - '\x84');
                break;
            case 'q' or 'r' or '\x94':
                _memo[instruction == '\x94' ? _memo.Count : Index(instruction == 'q')] = _stack[^1];
                break;
            case 'h' or 'j':
                _stack.Add(_memo[Index(instruction == 'h')]);
                break;
            default:
                Value(instruction);
                break;
        }
    }

    private void Value(char instruction)
    {
        switch (instruction)
        {
            case 'K' or 'M' or 'J' or '\x8a':
                _stack.Add(Number(instruction));
                break;
            case 'G':
                _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case 'X' or '\x8c' or 'U':
                _stack.Add(Text(instruction == 'X'
                    ? BinaryPrimitives.ReadInt32LittleEndian(Take(4))
                    : Take(1)[0]));
                break;
            case 'c':
                _stack.Add(PickleCalls.Find($"{Line()}.{Line()}"));
                break;
            case '\x93':
                var name = (string)Pop()!;
                _stack.Add(PickleCalls.Find($"{(string)Pop()!}.{name}"));
                break;
            case 'Q':
                _stack.Add(PickleCalls.Storage(Pop()));
                break;
            case 'R':
                var arguments = Pop();
                _stack.Add(PickleCalls.Call(Pop(), arguments));
                break;
            case 'b':
                // The state of an ordered dictionary (its _metadata) says nothing of tensors.
                Pop();
                break;
            default:
                Fill(instruction);
                break;
        }
    }

    private void Fill(char instruction)
    {
        switch (instruction)
        {
            case 's':
                var value = Pop();
                Set((string)Pop()!, value);
                break;
            case 'u':
                var pairs = PopToMark();
                for (var i = 0; i + 1 < pairs.Length; i += 2)
                {
                    Set((string)pairs[i]!, pairs[i + 1]);
                }

                break;
            case 'a':
                var item = Pop();
                Top<List<object?>>().Add(item);
                break;
            case 'e':
                var items = PopToMark();
                Top<List<object?>>().AddRange(items);
                break;
            default:
                throw new PickleException(
                    $"has the instruction 0x{(int)instruction:x2} at byte {_at - 1}, which builds no tensor, "
                    + "and is refused");
        }
    }

    private void Set(string key, object? value) => Top<Dictionary<string, object?>>()[key] = value;

    private T Top<T>() => _stack[^1] is T top ? top : throw Damaged();

    private PickleException Damaged() => new($"is damaged near byte {_at}");

    private object? Pop()
    {
        var top = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object?[] PopToMark()
    {
        var mark = _stack.LastIndexOf(_mark);
        object?[] items = [.. _stack.Skip(mark + 1)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private void Tuple(int count)
    {
        object?[] items = [.. _stack.TakeLast(count)];
        _stack.RemoveRange(_stack.Count - count, count);
        _stack.Add(items);
    }

    private long Index(bool isShort) => isShort ? Take(1)[0] : BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private long Number(char instruction)
    {
        switch (instruction)
        {
            case 'K':
                return Take(1)[0];
            case 'M':
                return BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
            case 'J':
                return BinaryPrimitives.ReadInt32LittleEndian(Take(4));
            default:
                var bytes = Take(Take(1)[0]);
                return (long)new System.Numerics.BigInteger(bytes);
        }
    }

    private string Text(int length) => Encoding.UTF8.GetString(Take(length));

    private string Line()
    {
        var end = Array.IndexOf(program, (byte)'\n', _at);
        var line = Encoding.UTF8.GetString(program, _at, end - _at);
        _at = end + 1;
        return line;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = program.AsSpan(_at, count);
        _at += count;
        return taken;
    }
}
