"""The columns of venue lists: under which names offices keep them, and the words with which they say how a venue fares."""

import functools
import re

ALIASES = {
    field: names.split()
    for field, names in {
        "seq": "序号 编号 号 no",
        "name": """
            单位名称 场所名称 企业名称 名称 经营单位 经营单位名称 经营场所名称 单位 企业 场所 机构名称 商户名称
            店名 字号 字号名称 单位全称 企业全称 网吧名称 旅行社名称 娱乐场所名称 饭店名称 酒店名称 景区名称
            影院名称 门市部名称 网点名称 企业单位名称 单位企业名称 name venue
        """,
        "sign_name": "招牌 招牌名称 门头 门头名称 店招 店招名称 牌匾名称",
        "category": "场所类别 类别 类型 场所类型 经营类别 经营类型 单位类别 单位类型 企业类别 category",
        "grade": "等级 级别 星级 质量等级 景区等级 grade",
        "uscc": """
            统一社会信用代码 社会信用代码 信用代码 统一信用代码 社会统一信用代码 统一代码 营业执照号 营业执照编号
            执照号 营业执照注册号 creditcode
        """,
        "licence_no": """
            许可证号 许可证编号 许可证号码 经营许可证号 经营许可证编号 证号 证书编号 证照编号 许可编号 许可证
            许可证证号 文化经营许可证号 娱乐经营许可证号 网络文化经营许可证号 旅行社业务经营许可证号
            业务经营许可证号 备案号 备案登记号 licenceno licenseno
        """,
        "licence_until": """
            有效期至 许可证到期日 许可证到期日期 许可证有效期 许可证有效期至 有效期 有效期限 到期日 到期日期
            到期时间 有效期截止 有效期截止日期 截止日期 证件有效期 licencevaliduntil
        """,
        "legal_rep": """
            法定代表人 法人 法人代表 法定代表人姓名 法人姓名 法人代表姓名 法定代表 企业法人 法定代表人主要负责人
            legalrepresentative
        """,
        "manager": """
            负责人 负责人姓名 主要负责人 主要负责人姓名 经营者 经营者姓名 经理 经理姓名 业主 业主姓名 店长
            现场负责人 联系人 联系人姓名 负责人名称 manager
        """,
        "phone": """
            联系电话 手机 电话 手机号 手机号码 电话号码 联系方式 联系手机 移动电话 负责人电话 负责人联系电话
            负责人手机 法人电话 法人联系电话 法定代表人电话 法定代表人联系电话 联系人电话 联系人手机 负责人联系方式
            phone
        """,
        "phone_2": "备用电话 固定电话 座机 其他电话 电话2 联系电话2 值班电话 前台电话 secondtelephone",
        "district": """
            县区 区县 所属区县 所属县区 所在区县 所在县区 区 县 县市区 区市县 市县区 行政区划 行政区 辖区 所属辖区
            所在区域 区域 属地 所属地区 地区 district
        """,
        "street": """
            街道 乡镇街道 街道乡镇 镇街 乡镇 所属街道 所属乡镇 所在乡镇 所在街道 所属镇街 乡镇办事处 街道办 street
        """,
        "address": """
            经营地址 住所 地址 详细地址 经营场所 经营场所地址 场所地址 单位地址 注册地址 企业地址 营业地址 通讯地址
            住所地址 经营地点 地点 具体地址 address
        """,
        "size": """
            终端数 包间数 终端台数 电脑台数 机器台数 台数 包厢数 房间数 客房数 床位数 座位数 机台数 包房数 终端数量
            核定终端数 包间数量 规模 size
        """,
        "operating_status": "经营状态 营业状态 经营状况 营业状况 经营情况 营业情况 状态 现状 登记状态 status",
        "latitude": "纬度 latitude",
        "longitude": "经度 longitude",
        "coordinate_system": "坐标系 坐标系统 坐标系类型 coordinatesystem",
        "remark": "备注 备注说明 说明 备考 remark",
    }.items()
}
SECOND = {"phone": "phone_2"}  # the second column of one name
FIELDS = tuple(field for field in ALIASES if field != "seq")
WORDS = {  # in this order: what is said first wins
    "ceased": ["注销", "cancelled"],
    "revoked": ["吊销", "撤销许可"],
    "unlicensed": ["无证", "无照", "未取得许可"],
    "moved": ["迁出", "搬迁", "已搬走", "外迁"],
    "unlocatable": ["无法联系", "查无", "失联", "找不到", "下落不明"],
    "dormant": ["长期停业", "长期歇业", "长期关闭", "停业", "歇业", "停止营业"],
    "active": ["正常营业", "正常", "营业", "在营", "存续", "开业", "在业", "营业中", "经营中"],
}
SYSTEMS = {
    "wgs84": "wgs84", "gps": "wgs84", "gcj02": "gcj02", "国测局": "gcj02", "火星坐标": "gcj02", "火星": "gcj02", "高德": "gcj02",
    "腾讯": "gcj02", "bd09": "bd09", "百度": "bd09",
}  # fmt: skip
_DENIED = re.compile(r"(未|没有?|不|拟|申请)\s*(被|予|办理|申请)?$")
_AGAIN = re.compile(r"恢复(正常)?(营业|经营)|复业|重新营业")
TOTAL = re.compile(r"(合|总|共|小|累)\s*计\s*[::]?\s*[\d.]*\s*[家个户台间]?")
SIGNATURE = re.compile(
    r"(填表|填报|制表|审核|审批|复核|核对|统计|报送|联系|经办|校对|签批|主管|分管|单位)?"
    r"(人|员|单位|单位负责人|负责人|领导|部门|日期|时间|电话|签字|签名|盖章|签章|公章|注|附注|备注|说明|填表说明)"
    r"\s*([((](签字|签名|盖章|签章|公章)[))])?\s*[::].*",
    re.DOTALL,
)


@functools.lru_cache(maxsize=5000)
def status_of(text, *, column=True):
    """The operating status that this cleaned text tells of, None when it tells of none ("not deregistered" is no sign of it).

    `column=False`: a remark, where "trading" is said in passing and proves nothing."""
    if not text:
        return None
    if _AGAIN.search(text):
        return "active"
    for status, words in WORDS.items():
        if status == "active" and not column:
            continue
        for word in words:
            at = text.find(word)
            if at >= 0 and not _DENIED.search(text[:at]):
                return status
    return None
