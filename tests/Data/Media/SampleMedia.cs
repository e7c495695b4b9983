using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.IO.Hashing;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Png;

namespace R1Reward.Data.Tests.Media;

/// <summary>Media files for tests: PNG by hand, the other formats by ffmpeg.</summary>
internal static class SampleMedia
{
    /// <summary>A picture in which every pixel is different from its neighbours.</summary>
    internal static RgbImage Picture(int width, int height, int seed = 0)
    {
        var rgb = new byte[3 * width * height];
        for (var i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)(((i * 37) + (i / (3 * width) * 11) + (seed * 101)) % 251);
        }

        return new RgbImage(width, height, rgb);
    }

    /// <summary>A smooth picture, which lossy formats keep well.</summary>
    internal static RgbImage Gradient(int width, int height)
    {
        var image = new RgbImage(width, height, new byte[3 * width * height]);
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = (i % width, i / width);
            (image.Rgb[3 * i], image.Rgb[(3 * i) + 1], image.Rgb[(3 * i) + 2]) = (
                (byte)(255 * x / width), (byte)(255 * y / height), (byte)(128 + (100 * (x - y) / (width + height))));
        }

        return image;
    }

    /// <summary>A picture as PNG.</summary>
    internal static byte[] Png(this RgbImage image) => PngWriter.Encode(image.Rgb, image.Width, image.Height);

    /// <summary>A PNG of which only the size is true: almost no bytes, as many pixels as one likes.</summary>
    internal static byte[] Bomb(int width, int height) =>
        Png(width, height, depth: 8, type: 2, interlaced: false, new byte[64]);

    /// <summary>A PNG from its unpacked rows, filter bytes included.</summary>
    internal static byte[] Png(
        int width,
        int height,
        byte depth,
        byte type,
        bool interlaced,
        byte[] rows,
        params (string Type, byte[] Body)[] chunks)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, type, (byte)(interlaced ? 1 : 0));
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        foreach (
            var (name, body) in new[] { ("IHDR", header) }.Concat(chunks)
                .Append(("IDAT", packed.ToArray()))
                .Append(("IEND", [])))
        {
            byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(name), .. body];
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
            file.Write(number);
            file.Write(named);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(named));
            file.Write(number);
        }

        return file.ToArray();
    }

    /// <summary>What ffmpeg makes of a picture, for example with <c>-c:v mjpeg -f image2pipe</c>.</summary>
    internal static byte[] Encode(RgbImage image, params string[] arguments)
    {
        string[] all = ["-v", "error", "-f", "png_pipe", "-i", "pipe:0", .. arguments, "pipe:1"];
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.BaseStream.Write(image.Png());
        process.StandardInput.Close();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.ToArray()
            : throw new InvalidOperationException("ffmpeg did not encode " + string.Join(' ', arguments));
    }

    /// <summary>A test video by ffmpeg, written to a file.</summary>
    internal static void Video(string path, int width, int height, int frames, int rate, params string[] arguments)
    {
        string[] source = ["-f", "lavfi", "-i", $"testsrc=s={width}x{height}:r={rate}", "-frames:v", $"{frames}"];
        using var process = Process.Start("ffmpeg", ["-v", "error", .. source, .. arguments, path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
